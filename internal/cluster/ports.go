package cluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// ports are the parts' ports on loopback. etcd has a second one, for peers that
// it does not have.
type ports map[string]int

const etcdPeer = etcd + "-peer"

func (p ports) address(part string) string { return fmt.Sprintf("127.0.0.1:%d", p[part]) }

// pickPorts picks free ports, none twice. They lie below those that a kernel gives
// to outgoing connections, so that no connection takes one in the meantime.
func pickPorts() (ports, error) {
	const first, last = 20000, 32000
	picked := ports{}
	for _, part := range []string{
		etcd, etcdPeer, apiServer, controllerManager, scheduler, kwok, metricsServer,
		kedaOperator, kedaOperatorHealth, kedaOperatorMetrics, kedaAdapter,
	} {
		for attempt := 0; picked[part] == 0; attempt++ {
			if attempt == 100 {
				return nil, errors.New("no free port between 20000 and 32000 on 127.0.0.1")
			}
			port := first + rand.IntN(last-first)
			listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				continue
			}
			defer listener.Close() // held until all are picked
			picked[part] = port
		}
	}
	return picked, nil
}
