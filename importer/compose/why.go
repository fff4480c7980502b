package compose

import "sync"

// reason is why a key of Compose's has no place in a spec.
type reason struct {
	why     string
	changes bool     // the app may behave otherwise without it
	usual   []string // values that say what is so anyway
}

const workloadFile = "stacks/kubernetes/workload.go"

// reasons are why keys of services have no place in a spec, but for those that the rest of
// the package deals with. Sources: the keys are those of
// https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json
var reasons = sync.OnceValue(func() map[string]reason { //nolint:gochecknoglobals // constants in all but name
	machine := reason{why: "an instance has no access to the machine that it runs on", changes: true}
	privileges := reason{why: "pods run as a user without privileges, with no capabilities: edit " + workloadFile, changes: true, usual: []string{"false", "no-new-privileges", "no-new-privileges:true"}}
	network := reason{why: "the services of an app reach each other by needs, and no other network is made", changes: false}
	shares := reason{why: "only cpu and memory set how much a service gets", changes: true}
	labels := reason{why: "labels and annotations are the stack's: edit " + workloadFile, changes: false}
	image := reason{why: "the image says it", changes: false, usual: []string{"false"}}
	started := reason{why: "an app starts and stops as its image has it: nothing runs beside its command", changes: true}
	probes := reason{why: "how often health is checked, and for how long, is set in " + workloadFile, changes: false}
	machines := reason{why: "the nodes that pods may run on are set in " + workloadFile, changes: false}
	rollout := reason{why: "new pods are ready before old ones go: edit " + workloadFile, changes: false}
	developing := reason{why: "is for developing: a stack runs what was built", changes: false, usual: []string{"true"}}
	return map[string]reason{
		"working_dir": image, "tty": image, "stdin_open": image, "umask": image,
		"pre_start": started, "post_start": started, "pre_stop": started,
		"init":        {why: "the image's first process must end its children: put tini into it where it does not", changes: false, usual: []string{"false"}},
		"restart":     {why: "both targets always replace an instance that ends", changes: true, usual: []string{"always", "unless-stopped", "on-failure"}},
		"pull_policy": {why: "an image is pinned by its tag or digest, and pulled where a node lacks it", changes: false}, "pull_refresh_after": developing,
		"stop_signal":       {why: "an instance is stopped with SIGTERM", changes: true, usual: []string{"SIGTERM", "15"}},
		"stop_grace_period": {why: "a pod that stops gets its timeout and ten seconds more: raise timeout where requests take longer", changes: false},
		"container_name":    {why: "an instance has a name of its own", changes: false},
		"hostname":          {why: "an instance has a name of its own", changes: false},
		"domainname":        {why: "an instance has a name of its own", changes: false},
		"labels":            labels, "label_file": labels, "annotations": labels, "deploy.labels": labels,
		"networks": network, "links": network, "external_links": network, "network_mode": machine, "net": machine,
		"mac_address": machine, "dns": machine, "dns_opt": machine, "dns_search": machine, "extra_hosts": machine,
		"pid": machine, "ipc": machine, "uts": machine, "cgroup": machine, "cgroup_parent": machine, "devices": machine,
		"device_cgroup_rules": machine, "gpus": machine, "runtime": machine, "isolation": machine, "sysctls": machine, "volumes_from": machine,
		"volume_driver": machine, "credential_spec": machine, "use_api_socket": machine, "userns_mode": machine,
		"privileged": privileges, "cap_add": privileges, "cap_drop": {why: "pods run with no capabilities at all", changes: false},
		"security_opt": privileges, "group_add": privileges, "ulimits": machine,
		"cpu_count": shares, "cpu_percent": shares, "cpu_shares": shares, "cpu_quota": shares, "cpu_period": shares, "cpu_rt_period": shares,
		"cpu_rt_runtime": shares, "cpuset": shares, "mem_swappiness": shares, "memswap_limit": shares, "oom_kill_disable": shares,
		"oom_score_adj": shares, "pids_limit": shares, "shm_size": shares, "blkio_config": shares, "storage_opt": shares,
		"deploy.resources.limits.pids": shares, "deploy.resources.reservations.generic_resources": machine, "deploy.resources.reservations.devices": machine,
		"deploy.mode":          {why: "a container on each machine is no service that a function could replace", changes: true},
		"deploy.endpoint_mode": network, "deploy.placement": machines, "deploy.restart_policy": {why: "both targets always replace an instance that ends", changes: false},
		"deploy.update_config": rollout, "deploy.rollback_config": rollout,
		"healthcheck.interval": probes, "healthcheck.timeout": probes, "healthcheck.retries": probes, "healthcheck.start_interval": probes,
		"logging": {why: "what an instance prints goes to CloudWatch, or where the cluster sends it", changes: false},
		"attach":  developing, "develop": developing, "build": developing,
		"configs":  {why: "a spec has variables, and no files: put it into the image", changes: true},
		"models":   {why: "a model runs beside the stack: write its address under env", changes: true},
		"provider": {why: "a program of the machine runs it, and no container", changes: true},
	}
})

// unknown is why a key that Compose does not have is left out.
func unknown(key string) reason {
	if len(key) > 1 && key[:2] == "x-" {
		return reason{why: "is an extension, which Compose itself ignores", changes: false}
	}
	return reason{why: "ambi has no word for it", changes: true}
}

// whyTop is why something beside the services has no place in a spec.
func whyTop(key string) reason {
	switch key {
	case "volumes":
		return reason{why: "the services that mount it say what becomes of it", changes: false}
	case "networks":
		return reason{why: "the services of an app reach each other by needs, and no other network is made", changes: false}
	case "secrets":
		return reason{why: "secrets stay outside the spec: services refer to them by name", changes: false}
	case "configs":
		return reason{why: "a spec has variables, and no files", changes: false}
	case "models":
		return reason{why: "a model runs beside the stack", changes: true}
	case "jobs":
		return reason{why: "ambi has no jobs that run once: run it beside the stack", changes: true}
	}
	return unknown(key)
}
