import { connect, type JetStreamManager, type NatsConnection } from "nats";
import { DEFAULTS, isRefused, parseNatsUrl } from "../../platform/messaging/jetstream.ts";
import { streamConfigs } from "../../platform/messaging/jetstream_streams.ts";
import { type Diagnosis, failure, ok, warning } from "./diagnosis.ts";

const TIMEOUT_MS = 5_000;
const MIN_VERSION = [2, 10] as const;
const FULL = 0.8;

/** The queue of DRAGOMAN_MESSAGING. `monitor` is the origin of NATS's monitoring port, the one place where it tells its sync_interval. */
export async function checkMessaging(url: string, monitor: string): Promise<Diagnosis[]> {
  if (url === "memory:") return [ok("messaging", "in this process")];
  const { servers, replicas, user, pass } = parseNatsUrl(url);
  let connection: NatsConnection | undefined;
  try {
    connection = await connect({ servers, ...(user && { user, pass }), timeout: TIMEOUT_MS, reconnect: false });
    const jsm = await connection.jetstreamManager({ timeout: TIMEOUT_MS });
    return [checkVersion(connection), await checkSync(monitor), ...(await checkStreams(jsm, replicas))];
  } catch (error) {
    if (isRefused(error))
      return [failure("NATS JetStream", "refuses the user or password", "Set them in DRAGOMAN_MESSAGING: nats://USER:PASSWORD@HOST:PORT.")];
    return [
      ...(connection ? [checkVersion(connection)] : []),
      failure(
        "NATS JetStream",
        connection ? "is not enabled" : "cannot be reached",
        connection ? "Enable JetStream in the server's configuration." : "Start it, or look at DRAGOMAN_MESSAGING.",
      ),
    ];
  } finally {
    await connection?.close();
  }
}

function checkVersion({ info }: NatsConnection): Diagnosis {
  const version = info?.version ?? "unknown";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const old = major < MIN_VERSION[0] || (major === MIN_VERSION[0] && minor < MIN_VERSION[1]);
  return old
    ? failure("NATS version", version, `Use ${MIN_VERSION.join(".")} or newer: older ones have lost streams.`)
    : ok("NATS version", version);
}

async function checkSync(monitor: string): Promise<Diagnosis> {
  const subject = "NATS sync_interval";
  const advice = "Set sync_interval: always in its jetstream block: what it acked can else die with the machine.";
  if (!monitor) return warning(subject, "cannot be seen from here", `${advice} Name its monitoring port by --nats-monitor to see it.`);
  try {
    const response = await fetch(new URL("/varz", monitor), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { jetstream } = (await response.json()) as { jetstream?: { config?: { sync_always?: boolean; sync_interval?: number } } };
    if (jetstream?.config?.sync_always) return ok(subject, "always");
    return warning(subject, `${Number(jetstream?.config?.sync_interval ?? 0) / 1e9} s`, advice);
  } catch {
    return warning(subject, "its monitoring port does not answer", "Look at --nats-monitor: it takes http://HOST:8222.");
  }
}

async function checkStreams(jsm: JetStreamManager, replicas: number): Promise<Diagnosis[]> {
  const { streams } = streamConfigs({ ...DEFAULTS, replicas });
  return Promise.all(
    streams.map(async (wanted) => {
      const name = wanted.name as string;
      const subject = `stream ${name}`;
      const found = await jsm.streams.info(name).catch(() => undefined);
      if (!found) return ok(subject, "not there yet: an orchestrator makes it when it starts");
      const differs = (["storage", "retention", "discard", "max_msgs", "max_bytes", "num_replicas"] as const).filter(
        (key) => wanted[key] !== undefined && wanted[key] !== found.config[key],
      );
      if (differs.length > 0)
        return warning(
          subject,
          `set otherwise: ${differs.join(", ")}`,
          "Start an orchestrator: it sets what can be changed. Else remove it.",
        );
      const filled = Math.max(share(found.state.messages, found.config.max_msgs), share(found.state.bytes, found.config.max_bytes));
      const percent = `${found.state.messages} messages, ${Math.round(filled * 100)} % of its limit`;
      // Events may fill their stream: the oldest give way.
      return filled > FULL && found.config.discard === "new"
        ? warning(subject, percent, "Add workers: a full stream refuses new jobs.")
        : ok(subject, percent);
    }),
  );
}

function share(used: number, limit: number): number {
  return limit > 0 ? used / limit : 0;
}
