package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tradestack.dev/sandbox/kube/networkpolicy/announce"
)

const previous = `{"cniVersion":"0.4.0","interfaces":[{"name":"eth0"}],"ips":[{"version":"4","address":"10.244.0.9/24","gateway":"10.244.0.1"}]}`

func environment(command string) func(string) string {
	return func(name string) string {
		return map[string]string{
			"CNI_COMMAND":     command,
			"CNI_CONTAINERID": "c0ffee",
			"CNI_ARGS":        "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=a;K8S_POD_INFRA_CONTAINER_ID=c0ffee",
		}[name]
	}
}

// call runs the plugin against an agent that answers with an error, or with none.
func call(t *testing.T, command, previous string, answer error) (output string, received []announce.Announcement, err error) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "socket")
	listener, err := announce.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go announce.Serve(listener, func(_ context.Context, a announce.Announcement) error {
		received = append(received, a)
		return answer
	})
	var printed bytes.Buffer
	input := fmt.Sprintf(`{"cniVersion":"0.4.0","name":"n","type":"t","socket":%q,"prevResult":%s}`, socket, previous)
	err = run(environment(command), strings.NewReader(input), &printed)
	return printed.String(), received, err
}

func TestAddAnnouncesThePodAndPassesTheResultOn(t *testing.T) {
	output, received, err := call(t, "ADD", previous, nil)
	if err != nil || output != previous {
		t.Fatalf("printed %s, error %v", output, err)
	}
	if len(received) != 1 || received[0].Sandbox != "c0ffee" || received[0].Namespace != "shop" || received[0].Pod != "a" ||
		fmt.Sprint(received[0].Addresses) != "[10.244.0.9]" {
		t.Errorf("the agent was told %+v", received)
	}
}

func TestAddFailsWithTheAgentsWords(t *testing.T) {
	output, _, err := call(t, "ADD", previous, fmt.Errorf("no rules yet"))
	if err == nil || err.Error() != "no rules yet" || output != "" {
		t.Errorf("printed %q, error %v", output, err)
	}
}

func TestAddNeedsTheAddressesOfAPluginBeforeIt(t *testing.T) {
	for _, result := range []string{"null", `{"ips":[]}`} {
		if _, received, err := call(t, "ADD", result, nil); err == nil || len(received) > 0 {
			t.Errorf("prevResult %s: error %v, the agent was told %+v", result, err, received)
		}
	}
}

func TestDelAnnouncesThatThePodIsGone(t *testing.T) {
	_, received, err := call(t, "DEL", previous, nil)
	if err != nil || len(received) != 1 || received[0].Sandbox != "c0ffee" || len(received[0].Addresses) > 0 {
		t.Errorf("error %v, the agent was told %+v", err, received)
	}
}

func TestDelSucceedsWithoutAnAgent(t *testing.T) {
	input := `{"cniVersion":"0.4.0","socket":"/nowhere/socket"}`
	if err := run(environment("DEL"), strings.NewReader(input), &bytes.Buffer{}); err != nil {
		t.Error(err)
	}
}

func TestVersionNamesWhatIsSupported(t *testing.T) {
	var printed bytes.Buffer
	if err := run(environment("VERSION"), strings.NewReader(""), &printed); err != nil || !strings.Contains(printed.String(), `"0.4.0"`) {
		t.Errorf("printed %s, error %v", printed.String(), err)
	}
}
