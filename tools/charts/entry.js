// What the page uses of Apache ECharts, and nothing else: lines, bars and bands
// on a grid, with values on hover and zoom, drawn as SVG.
import { init, use } from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { DataZoomInsideComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, DataZoomInsideComponent, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export { init };
