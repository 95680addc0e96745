package networkpolicy

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"time"
)

// open connects and has one message echoed. It fails as soon as the rules have dropped a packet.
func (n *testNetwork) open(from, protocol string, to netip.Addr, port uint16) (net.Conn, bool) {
	n.t.Helper()
	before := n.dropped()
	ctx, cancel := context.WithTimeout(context.Background(), giveUp)
	defer cancel()
	opened := make(chan net.Conn)
	go n.on(from, func() error {
		connection, err := (&net.Dialer{}).DialContext(ctx, protocol, netip.AddrPortFrom(to, port).String())
		if err == nil && exchange(ctx, connection) != nil {
			connection.Close()
			connection = nil
		}
		if err != nil {
			connection = nil
		}
		opened <- connection
		return nil
	})
	for {
		select {
		case connection := <-opened:
			if connection == nil {
				n.t.Fatalf("%s from %s to %s port %d: neither arrived nor dropped in %s", protocol, from, to, port, giveUp)
			}
			return connection, true
		default:
		}
		if n.dropped() > before {
			cancel()
			<-opened
			return nil, false
		}
	}
}

// exchange sends a message and reads it back; it ends early with ctx.
func exchange(ctx context.Context, connection net.Conn) error {
	stop := context.AfterFunc(ctx, func() { connection.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := connection.Write([]byte("hello")); err != nil {
		return err
	}
	_, err := connection.Read(make([]byte, 64))
	return err
}

// reaches tells whether a connection from a host is let through.
func (n *testNetwork) reaches(from, protocol string, to netip.Addr, port uint16) bool {
	n.t.Helper()
	connection, ok := n.open(from, protocol, to, port)
	if ok {
		connection.Close()
	}
	return ok
}

// deliversSCTP tells whether the start of an SCTP association arrives. It is written by hand, as SCTP sockets are a
// kernel module that few machines have loaded.
func (n *testNetwork) deliversSCTP(from, toHost string, to netip.Addr, port uint16) bool {
	n.t.Helper()
	before := n.dropped()
	var receiver net.PacketConn
	n.on(toHost, func() (err error) {
		receiver, err = net.ListenPacket("ip4:132", to.String())
		return err
	})
	defer receiver.Close()
	arrived := make(chan error, 1)
	go func() {
		_, _, err := receiver.ReadFrom(make([]byte, 64))
		arrived <- err
	}()
	n.on(from, func() error {
		sender, err := net.Dial("ip4:132", to.String())
		if err != nil {
			return err
		}
		defer sender.Close()
		_, err = sender.Write(sctpInit(port))
		return err
	})
	for deadline := time.Now().Add(giveUp); time.Now().Before(deadline); {
		select {
		case err := <-arrived:
			return err == nil
		default:
		}
		if n.dropped() > before {
			return false
		}
	}
	n.t.Fatalf("SCTP from %s to %s port %d: neither arrived nor dropped in %s", from, to, port, giveUp)
	return false
}

// sctpInit is an INIT chunk in a packet to a port (RFC 9260, 3.3.2).
func sctpInit(port uint16) []byte {
	chunk := make([]byte, 20)
	chunk[0] = 1 // INIT
	binary.BigEndian.PutUint16(chunk[2:], uint16(len(chunk)))
	binary.BigEndian.PutUint32(chunk[4:], 1)     // initiate tag
	binary.BigEndian.PutUint32(chunk[8:], 65536) // receiver window
	binary.BigEndian.PutUint16(chunk[12:], 1)    // outbound streams
	binary.BigEndian.PutUint16(chunk[14:], 1)    // inbound streams
	header := make([]byte, 12)
	binary.BigEndian.PutUint16(header, 40000)
	binary.BigEndian.PutUint16(header[2:], port)
	whole := append(header, chunk...)
	checksum := crc32.Checksum(whole, crc32.MakeTable(crc32.Castagnoli))
	binary.LittleEndian.PutUint32(whole[8:], checksum)
	return whole
}

var dropCounter = regexp.MustCompile(`counter packets (\d+) bytes \d+ drop`)

// dropped counts the packets that the rules now in force have dropped.
func (n *testNetwork) dropped() int {
	n.t.Helper()
	total := 0
	n.on(nodeHost, func() error {
		listing, err := n.table.run(context.Background(), "", "list", "table", "inet", n.table.name)
		for _, match := range dropCounter.FindAllStringSubmatch(listing, -1) {
			count, _ := strconv.Atoi(match[1])
			total += count
		}
		return err
	})
	return total
}
