package nodes

// FargateSize is what Fargate runs and bills a pod as.
type FargateSize struct {
	MilliCPU  int // vCPU in thousandths
	MemoryMiB int
}

// fargateOverheadMiB is added to a pod's memory for the kubelet, kube-proxy
// and containerd. Source, of the sizes too:
// docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html.
const fargateOverheadMiB = 256

// Fargate rounds a pod up to the next size that Fargate has. It is false for a
// pod that is larger than the largest, 16 vCPU and 120 GB.
func Fargate(pod Pod) (FargateSize, bool) {
	need := pod.MemoryMiB + fargateOverheadMiB
	if pod.MilliCPU <= 250 && need <= 2048 {
		memory := 512
		for memory < need {
			memory *= 2
		}
		return FargateSize{250, memory}, true
	}
	for _, size := range []struct{ milliCPU, least, most, step int }{ // memory in GiB
		{500, 1, 4, 1},
		{1000, 2, 8, 1},
		{2000, 4, 16, 1},
		{4000, 8, 30, 1},
		{8000, 16, 60, 4},
		{16000, 32, 120, 8},
	} {
		if pod.MilliCPU > size.milliCPU || need > size.most*1024 {
			continue
		}
		memory := size.least * 1024
		for memory < need {
			memory += size.step * 1024
		}
		return FargateSize{size.milliCPU, memory}, true
	}
	return FargateSize{}, false
}
