// Command cni is a CNI plugin that goes last in the list of plugins. It lets a pod start only when the network
// policy agent has put the rules for the pod's addresses in force: no process of a pod ever runs outside its policies,
// and none finds the network closed because the agent has not heard of it yet.
//
// Its configuration has one key of its own: "socket", the path that the agent was given as --socket.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"tradestack.dev/sandbox/kube/networkpolicy/announce"
)

// tryAgainLater is the CNI specification's code for an error that may pass.
const tryAgainLater = 11

// configuration is what the runtime passes on standard input.
type configuration struct {
	CNIVersion string          `json:"cniVersion"`
	Socket     string          `json:"socket"`
	PrevResult json.RawMessage `json:"prevResult"`
}

func main() {
	if err := run(os.Getenv, os.Stdin, os.Stdout); err != nil {
		json.NewEncoder(os.Stdout).Encode(map[string]any{"cniVersion": "0.4.0", "code": tryAgainLater, "msg": err.Error()})
		os.Exit(1)
	}
}

func run(env func(string) string, input io.Reader, output io.Writer) error {
	command := env("CNI_COMMAND")
	if command == "VERSION" {
		return json.NewEncoder(output).Encode(map[string]any{
			"cniVersion": "0.4.0", "supportedVersions": []string{"0.3.0", "0.3.1", "0.4.0", "1.0.0"},
		})
	}
	var config configuration
	if err := json.NewDecoder(input).Decode(&config); err != nil {
		return fmt.Errorf("reading the plugin's configuration: %w", err)
	}
	if config.Socket == "" {
		return errors.New("the plugin's configuration has no \"socket\": give the path that the agent was given as --socket")
	}
	arguments := arguments(env("CNI_ARGS"))
	announcement := announce.Announcement{
		Sandbox:   env("CNI_CONTAINERID"),
		Namespace: arguments["K8S_POD_NAMESPACE"],
		Pod:       arguments["K8S_POD_NAME"],
	}
	switch command {
	case "ADD":
		addresses, err := addressesIn(config.PrevResult)
		if err != nil {
			return err
		}
		announcement.Addresses = addresses
		ctx, cancel := context.WithTimeout(context.Background(), announce.Limit)
		defer cancel()
		if err := announce.Send(ctx, config.Socket, announcement); err != nil {
			return err
		}
		_, err = output.Write(config.PrevResult)
		return err
	case "DEL":
		// A pod must be able to go when the agent is away, which then knows of none it would have to forget.
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = announce.Send(ctx, config.Socket, announcement)
		return nil
	case "CHECK":
		return nil
	}
	return fmt.Errorf("CNI_COMMAND is %q: not one of ADD, DEL, CHECK and VERSION", command)
}

// arguments reads CNI_ARGS: NAME=value pairs, separated by semicolons.
func arguments(text string) map[string]string {
	result := map[string]string{}
	for _, pair := range strings.Split(text, ";") {
		name, value, _ := strings.Cut(pair, "=")
		result[name] = value
	}
	return result
}

// addressesIn reads the addresses that the plugins before this one have given to the pod.
func addressesIn(result json.RawMessage) ([]netip.Addr, error) {
	var previous struct {
		IPs []struct {
			Address netip.Prefix `json:"address"`
		} `json:"ips"`
	}
	if len(result) == 0 {
		return nil, errors.New("there is no prevResult: put this plugin after the one that makes the pod's interface")
	}
	if err := json.Unmarshal(result, &previous); err != nil {
		return nil, fmt.Errorf("reading prevResult: %w", err)
	}
	var addresses []netip.Addr
	for _, ip := range previous.IPs {
		addresses = append(addresses, ip.Address.Addr().Unmap())
	}
	if len(addresses) == 0 {
		return nil, errors.New("prevResult has no addresses: put this plugin after the one that gives them")
	}
	return addresses, nil
}
