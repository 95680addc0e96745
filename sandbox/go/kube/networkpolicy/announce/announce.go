// Package announce is how the CNI plugin tells the agent of a pod's addresses before the pod's first process starts,
// and waits until the rules for them are in force. It uses the standard library alone, so that the plugin, which
// runs for each pod, is small and starts at once.
package announce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"time"
)

// Limit is how long either side gives one announcement.
const Limit = 15 * time.Second

// Announcement tells that a pod's sandbox has been given addresses or, without addresses, that it is gone.
type Announcement struct {
	Sandbox   string       `json:"sandbox"` // the runtime's id of it
	Namespace string       `json:"namespace"`
	Pod       string       `json:"pod"`
	Addresses []netip.Addr `json:"addresses"`
}

type answer struct {
	Problem string `json:"problem,omitempty"`
}

// Send announces to the agent behind a socket and returns once it has answered. An agent that is not there yet is
// waited for until ctx ends.
func Send(ctx context.Context, socket string, a Announcement) error {
	connection, err := dial(ctx, socket)
	if err != nil {
		return fmt.Errorf("the network policy agent does not listen on %s: %w", socket, err)
	}
	defer connection.Close()
	if deadline, ok := ctx.Deadline(); ok {
		connection.SetDeadline(deadline)
	}
	if err := json.NewEncoder(connection).Encode(a); err != nil {
		return fmt.Errorf("announcing pod %s/%s: %w", a.Namespace, a.Pod, err)
	}
	var reply answer
	if err := json.NewDecoder(connection).Decode(&reply); err != nil {
		return fmt.Errorf("announcing pod %s/%s: %w", a.Namespace, a.Pod, err)
	}
	if reply.Problem != "" {
		return errors.New(reply.Problem)
	}
	return nil
}

func dial(ctx context.Context, socket string) (net.Conn, error) {
	for {
		connection, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
		if err == nil {
			return connection, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Listen opens the agent's end, for root alone, in the place of one that a former agent left behind.
func Listen(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		listener.Close()
		return nil, err
	}
	return listener, nil
}

// Serve answers announcements, each once accept has returned, until the listener is closed.
func Serve(listener net.Listener, accept func(context.Context, Announcement) error) {
	for {
		connection, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			go serveOne(connection, accept)
		}
	}
}

func serveOne(connection net.Conn, accept func(context.Context, Announcement) error) {
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(2 * Limit))
	var a Announcement
	var reply answer
	err := json.NewDecoder(connection).Decode(&a)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), Limit)
		defer cancel()
		err = accept(ctx, a)
	}
	if err != nil {
		reply.Problem = err.Error()
	}
	json.NewEncoder(connection).Encode(reply) // a plugin that has gone has given up on its pod
}
