/** What the agent on each node is told: where logs are, what of them is kept, and where they go. */

/** Where the agent sees its node's logs, and where it keeps how far it has read. */
export const POD_LOGS = "/var/log/pods";
export const STATE = "/var/lib/syslog-ng";
/** Where it can be asked whether it lives. */
export const CONTROL = `${STATE}/syslog-ng.ctl`;

/** What the configuration follows from. */
export interface AgentConfiguration {
  /** Namespaces whose pods' logs are kept. */
  readonly namespaces: readonly string[];
  /** Where lines are sent, such as `http://loki:3100/loki/api/v1/push`. */
  readonly url: string;
  /** Folder of the logs. Default: {@link POD_LOGS}. */
  readonly folder?: string;
}

/** Containers that a node may have. */
const FILES = 500;
/**
 * Lines of each container that are read and not yet taken by Loki. So many are read each half second at the most, and
 * so many are held in memory while Loki is away.
 */
const WINDOW = 500;

/** Namespace, pod, its id and container of a file: the kubelet names it so, on every kind of cluster. */
const FILE = "/(?<namespace>[^_/]+)_(?<pod>[^_/]+)_[^_/]+/(?<container>[^/]+)/[^/]+$";
/** A line as the container runtime writes it: when, on which stream, whether it is whole or a part, and the text. */
const LINE = "^(?<time>[^ ]+) (?<stream>stdout|stderr) [FP](?<tags>:[^ ]*)? (?<text>.*)$";
const field = (name: string): string => `\${${name}}`;
/** Text as JSON writes it, quotes included: an object that holds nothing else, less the object. */
const QUOTED = `$(substr $(format-json --scope none t=${field(".line.text")}) 5 -1)`;

/**
 * Configuration of syslog-ng: it follows the files of all containers, and sends their lines to Loki in batches. While
 * Loki is away it reads no further, so that nothing is lost that the kubelet still keeps.
 */
export function agentConfiguration({ namespaces, url, folder = POD_LOGS }: AgentConfiguration): string {
  const labels = ["namespace", "pod", "container"]
    .map((label) => `"${label}":"${field(`.file.${label}`)}"`)
    .join(",");
  const body = `{"stream":{${labels},"stream":"${field(".line.stream")}"},"values":[["${field("S_UNIXTIME")}${field("S_USEC")}000",${QUOTED}]]}`;
  return `@version: 3.38
options {
  stats-freq(0);
  log-msg-size(64KiB);
};
source pods {
  wildcard-file(
    base-dir("${folder}") filename-pattern("*.log") recursive(yes)
    follow-freq(0.5) max-files(${FILES}) log-iw-size(${FILES * WINDOW}) log-fetch-limit(${WINDOW}) flags(no-parse)
  );
};
filter wanted { match("/(${namespaces.join("|")})_" value("FILE_NAME") type(pcre)); };
parser file { regexp-parser(patterns("${FILE}") prefix(".file.") template("${field("FILE_NAME")}")); };
parser line { regexp-parser(patterns("${LINE}") prefix(".line.") template("${field("MESSAGE")}")); };
parser time { date-parser(format("%FT%T.%f%z", "%FT%T%z") template("${field(".line.time")}")); };
destination loki {
  http(
    url("${url}") method("POST") headers("Content-Type: application/json")
    body-prefix("{\\"streams\\":[") delimiter(",") body-suffix("]}")
    body('${body}')
    batch-lines(${WINDOW}) batch-bytes(512KiB) batch-timeout(500)
    log-fifo-size(20000) timeout(10) time-reopen(2) persist-name("loki")
  );
};
log {
  source(pods); filter(wanted); parser(file); parser(line); parser(time); destination(loki);
  flags(flow-control);
};
`;
}

/** What the agent is started with. */
export const agentArguments = (configuration: string, state = STATE): string[] => [
  "--foreground",
  "--no-caps",
  "--stderr",
  `--cfgfile=${configuration}`,
  `--persist-file=${state}/syslog-ng.persist`,
  `--pidfile=${state}/syslog-ng.pid`,
  `--control=${state}/syslog-ng.ctl`,
];
