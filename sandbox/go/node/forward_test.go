package main

import (
	"io"
	"net"
	"strings"
	"testing"
)

// shout answers each connection with what it got, in capitals, once the other side has said all.
func shout(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				said, _ := io.ReadAll(connection)
				io.WriteString(connection, strings.ToUpper(string(said)))
			}()
		}
	}()
	return listener.Addr().String()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func say(t *testing.T, address, text string) (string, error) {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	io.WriteString(connection, text)
	connection.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(connection)
	return string(answer), err
}

func TestForwardCarriesBothWaysAndTheEndOfEach(t *testing.T) {
	f := forward{From: freeAddress(t), To: shout(t)}
	if err := f.listen(); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("a", 1<<20)
	for _, text := range []string{"hello", "", long} {
		if answer, err := say(t, f.From, text); err != nil || answer != strings.ToUpper(text) {
			t.Errorf("got %d bytes and %v, want %d", len(answer), err, len(text))
		}
	}
}

func TestForwardEndsConnectionsWhenNobodyIsThere(t *testing.T) {
	f := forward{From: freeAddress(t), To: freeAddress(t)}
	if err := f.listen(); err != nil {
		t.Fatal(err)
	}
	if answer, _ := say(t, f.From, "hello"); answer != "" {
		t.Errorf("got %q from nobody", answer)
	}
}

func TestForwardNamesATakenPort(t *testing.T) {
	taken := shout(t)
	err := forward{From: taken, To: taken}.listen()
	if err == nil || !strings.Contains(err.Error(), taken) {
		t.Errorf("got %v, want an error that names %s", err, taken)
	}
}
