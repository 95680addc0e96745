package networkpolicy

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// table is the nftables table that holds the rules. Nothing outside it is ever touched.
type table struct {
	name string
	nft  string // path of the nft program
}

// nftLimit bounds one run of nft, which takes milliseconds: a hung one must not hang the agent.
const nftLimit = 30 * time.Second

var tableName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_.-]{0,62}$`)

func openTable(name string) (*table, error) {
	if !tableName.MatchString(name) {
		return nil, fmt.Errorf("table name %q is not one that nftables takes: use letters, digits, - and _, such as %s", name, defaultTable)
	}
	nft, err := exec.LookPath("nft")
	if err != nil {
		return nil, fmt.Errorf("the program nft, which writes the rules, is not on the PATH: install the Debian package nftables (%w)", err)
	}
	return &table{name: name, nft: nft}, nil
}

// replace puts new rules in the place of the old in one transaction: no packet sees neither or half of both.
// On an error the old rules stay.
func (t *table) replace(ctx context.Context, rules string) error {
	_, err := t.run(ctx, rules, "-f", "-")
	return err
}

// contents lists what the kernel holds, without counters; an error where the table is gone.
func (t *table) contents(ctx context.Context) (string, error) {
	return t.run(ctx, "", "--stateless", "list", "table", "inet", t.name)
}

// remove deletes the table; that it does not exist is no error.
func (t *table) remove(ctx context.Context) error {
	return t.replace(ctx, fmt.Sprintf("add table inet %[1]s\ndelete table inet %[1]s\n", t.name))
}

func (t *table) run(ctx context.Context, input string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, nftLimit)
	defer cancel()
	var output, errors bytes.Buffer
	command := exec.CommandContext(ctx, t.nft, args...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &output, &errors
	if err := command.Run(); err != nil {
		reason, _, _ := strings.Cut(strings.TrimSpace(errors.String()), "\n")
		return "", fmt.Errorf("nft %s on table %s: %w: %s", strings.Join(args, " "), t.name, err, reason)
	}
	return output.String(), nil
}
