package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"time"
)

// forward is a port of the machine that leads to an address in the node's network.
type forward struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func (f forward) listen() error {
	listener, err := net.Listen("tcp", f.From)
	if err != nil {
		return fmt.Errorf("forward %s to %s: %w", f.From, f.To, err)
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				log.Printf("forward %s: %v", f.From, err)
				time.Sleep(firstPause) // out of file descriptors, most likely: let some be closed
				continue
			}
			go f.carry(client.(*net.TCPConn))
		}
	}()
	return nil
}

// carry copies both ways until both sides have said all; the kernel moves the bytes (splice).
func (f forward) carry(client *net.TCPConn) {
	defer client.Close()
	connection, err := net.DialTimeout("tcp", f.To, 5*time.Second)
	if err != nil {
		return
	}
	server := connection.(*net.TCPConn)
	defer server.Close()
	done := make(chan struct{})
	go func() {
		copyAll(server, client)
		close(done)
	}()
	copyAll(client, server)
	<-done
}

func copyAll(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		to.SetLinger(0) // a connection that broke on one side is broken on the other, not ended
		to.Close()
		from.Close()
		return
	}
	to.CloseWrite()
}
