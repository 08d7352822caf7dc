package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cpuTime is what this process used so far, user and system.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// The figures of another process come from /proc: these benchmarks run on Linux.

func (p *process) proc(name string) string {
	return fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name)
}

// memory is a line of the process's status in MB: VmRSS now, VmHWM at its peak.
func (p *process) memory(line string) float64 {
	b, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(b, []byte(line+":"))
	f := strings.Fields(string(rest))
	if len(f) == 0 {
		return 0
	}
	kb, _ := strconv.ParseFloat(f[0], 64)
	return kb / 1000
}

// forgetPeak lets VmHWM start again from what is in use now.
func (p *process) forgetPeak() { _ = os.WriteFile(p.proc("clear_refs"), []byte("5"), 0) }

// calm waits until the process has done what an earlier step left it to do:
// numbering events and telling their consumers. Whoever is quick measures nothing.
func (p *process) calm() {
	if p.quick {
		return
	}
	for range 90 {
		before := p.cpu()
		time.Sleep(time.Second)
		if p.cpu()-before <= 30*time.Millisecond {
			return
		}
	}
}

// cpu is what the process used so far, in ticks of 10 ms.
func (p *process) cpu() time.Duration {
	b, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}
