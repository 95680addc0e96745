/** A server that requests are shared out to. */
export interface ServerArgs {
  /**
   * What it is called in logs and metrics: small letters, digits and dashes.
   *
   * @example "worker-1"
   */
  name: string;
  /**
   * Its IPv4 or IPv6 address. A host name is refused: it would be looked up once, at the start.
   *
   * @example "10.0.1.11"
   */
  address: string;
  /**
   * TCP port that it listens on.
   *
   * @example 30443
   */
  port: number;
  /**
   * Its share in proportion to the others', 0 to 256. With 0 it is given nothing new, as before maintenance.
   *
   * @default 1
   */
  weight?: number;
}

/** How it is found out whether a server works. */
export interface HealthCheckArgs {
  /**
   * Path that answers 200 to 399 while the server works.
   *
   * @default none: a server works while it takes connections
   * @example "/ready"
   */
  path?: string;
  /**
   * TCP port that is asked.
   *
   * @default the server's own
   * @example 8081
   */
  port?: number;
  /**
   * Seconds from one check to the next; a quarter of it while a server is on the way up or down.
   *
   * @default 2
   */
  intervalSeconds?: number;
  /**
   * Checks in a row that have to fail before a server is taken out.
   *
   * @default 3
   */
  fall?: number;
  /**
   * Checks in a row that have to succeed before it comes back.
   *
   * @default 2
   */
  rise?: number;
}

/** Encryption towards clients. */
export interface TlsArgs {
  /**
   * Path on the load balancer of a PEM file with certificate, chain and key, readable by the group `haproxy`. The key
   * is no part of what is rendered here: user data can be read by every process of a machine.
   *
   * @example "/etc/haproxy/certificates/shop.pem"
   */
  certificate: string;
  /**
   * TCP port whose plain requests are sent on to the encrypted one, only in mode `http`.
   *
   * @default none
   * @example 80
   */
  redirectPort?: number;
}

/** How long is waited for whom. */
export interface TimeoutArgs {
  /**
   * Seconds for a connection to a server.
   *
   * @default 3
   */
  connectSeconds?: number;
  /**
   * Seconds that a client may be silent.
   *
   * @default 60
   */
  clientSeconds?: number;
  /**
   * Seconds that a server may be silent.
   *
   * @default 60
   */
  serverSeconds?: number;
  /**
   * Seconds in which a request's headers have to be there; protects from clients that send them byte by byte.
   *
   * @default 10
   */
  requestSeconds?: number;
  /**
   * Seconds that a connection which is both ways open, such as a WebSocket or `kubectl exec`, may be silent.
   *
   * @default 3600
   */
  tunnelSeconds?: number;
}

/** One port and the servers behind it. */
export interface FrontendArgs {
  /**
   * What it is called in logs and metrics: small letters, digits and dashes.
   *
   * @example "https"
   */
  name: string;
  /**
   * TCP port that clients connect to.
   *
   * @example 443
   */
  port: number;
  /**
   * `http` shares out requests, `tcp` shares out connections and leaves what they carry alone.
   *
   * @default "http"
   */
  mode?: string;
  /**
   * `roundrobin` goes from server to server; `leastconn` takes the one with the fewest connections, which suits
   * connections that last. Both follow the weights.
   *
   * @default "roundrobin"
   */
  balance?: string;
  /** Where requests go. */
  servers: ServerArgs[];
  /**
   * How servers are checked.
   *
   * @default that they take connections, every 2 seconds
   */
  health?: HealthCheckArgs;
  /**
   * Encryption towards clients.
   *
   * @default none
   */
  tls?: TlsArgs;
}

/** One of the two machines of an active-standby pair. */
export interface StandbyNodeArgs {
  /**
   * Its IPv4 address, by which the two know each other.
   *
   * @example "10.0.1.5"
   */
  address: string;
  /**
   * Network interface that the virtual address is put on.
   *
   * @default "eth0"
   */
  interface?: string;
}

/** Two load balancers, of which one answers and the other one waits. */
export interface StandbyArgs {
  /**
   * The address that clients use, with the length of its network's prefix.
   *
   * @example "10.0.1.10/24"
   */
  virtualAddress: string;
  /** The machines; the first one answers as long as both work. */
  nodes: StandbyNodeArgs[];
  /**
   * Number of the pair, 1 to 255, which no other pair in the same network may have.
   *
   * @default 51
   */
  routerId?: number;
}

/** What is rendered: the ports, and what they have in common. */
export interface BalancerConfiguration {
  /** The ports that it listens on. */
  frontends: FrontendArgs[];
  /**
   * How long is waited for whom.
   *
   * @default as each one says
   */
  timeouts?: TimeoutArgs;
  /**
   * Most connections at the same time.
   *
   * @default 20000
   */
  maxConnections?: number;
  /**
   * Port on which Prometheus' metrics (`/metrics`) and its own health (`/healthz`) can be read, on the machine only.
   *
   * @default 8405
   */
  metricsPort?: number;
  /**
   * Path of the socket by which an administrator on the machine sees and changes what goes on.
   *
   * @default "/run/haproxy/admin.sock"
   */
  adminSocket?: string;
  /**
   * A second machine that takes over.
   *
   * @default none: one machine
   */
  standby?: StandbyArgs;
}
