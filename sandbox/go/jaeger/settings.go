package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jaegertracing/jaeger/plugin/storage/badger"
)

// settings are what is told of a store of traces.
type settings struct {
	otlp, query, health string
	store               badger.Config
}

// endpoint is where something listens.
type endpoint struct {
	Endpoint string `json:"endpoint"`
}

// configuration is the part of Jaeger 2's that is read here.
type configuration struct {
	Receivers struct {
		OTLP struct {
			Protocols struct {
				HTTP endpoint `json:"http"`
			} `json:"protocols"`
		} `json:"otlp"`
	} `json:"receivers"`
	Extensions struct {
		Health struct {
			HTTP endpoint `json:"http"`
		} `json:"healthcheckv2"`
		Query struct {
			HTTP    endpoint `json:"http"`
			Storage struct {
				Traces string `json:"traces"`
			} `json:"storage"`
		} `json:"jaeger_query"`
		Storage struct {
			Backends map[string]struct {
				Badger *struct {
					Directories struct {
						Keys   string `json:"keys"`
						Values string `json:"values"`
					} `json:"directories"`
					TTL struct {
						Spans string `json:"spans"`
					} `json:"ttl"`
				} `json:"badger"`
			} `json:"backends"`
		} `json:"jaeger_storage"`
	} `json:"extensions"`
}

func readSettings(path string) (settings, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return settings{}, fmt.Errorf("reading --config: %w", err)
	}
	var read configuration
	if err := json.Unmarshal(text, &read); err != nil {
		return settings{}, fmt.Errorf("%s: %w", path, err)
	}
	name := read.Extensions.Query.Storage.Traces
	backend := read.Extensions.Storage.Backends[name].Badger
	if backend == nil {
		return settings{}, fmt.Errorf("%s: the storage %q is no badger", path, name)
	}
	kept, err := time.ParseDuration(backend.TTL.Spans)
	if err != nil {
		return settings{}, fmt.Errorf("%s: ttl.spans: %w", path, err)
	}
	store := *badger.DefaultConfig()
	store.Ephemeral = false
	store.TTL.Spans = kept
	store.Directories.Keys = backend.Directories.Keys
	store.Directories.Values = backend.Directories.Values
	found := settings{
		otlp:   read.Receivers.OTLP.Protocols.HTTP.Endpoint,
		query:  read.Extensions.Query.HTTP.Endpoint,
		health: read.Extensions.Health.HTTP.Endpoint,
		store:  store,
	}
	if found.otlp == "" || found.query == "" || found.health == "" {
		return settings{}, errors.New(path + ": receivers.otlp, jaeger_query and healthcheckv2 need an http.endpoint")
	}
	return found, nil
}
