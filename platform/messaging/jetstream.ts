import { setTimeout as sleep } from "node:timers/promises";
import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  connect,
  createInbox,
  headers,
  type JetStreamClient,
  type JetStreamManager,
  type Msg,
  type NatsConnection,
  NatsError,
  type Subscription,
} from "nats";
import { JobEventSchema } from "../../gen/dragoman/v1/job_pb.ts";
import {
  CancelSignalSchema,
  type PreviewMade,
  PreviewMadeSchema,
  type PreviewWork,
  PreviewWorkSchema,
  type RevisionMade,
  RevisionMadeSchema,
  type RevisionWork,
  RevisionWorkSchema,
  WorkDescriptorSchema,
} from "../../gen/dragoman/v1/worker_service_pb.ts";
import { DragomanError } from "../errors.ts";
import { type JobClass, jobClassOf } from "../job_classes.ts";
import type { Logger } from "../log.ts";
import { UsageError } from "../usage_error.ts";
import { encodeContent } from "./codec.ts";
import { InvitationRequests } from "./jetstream_invitations.ts";
import { CLASSES, ensureStreams, READY, type StreamSettings, subjectOf, WORKERS } from "./jetstream_streams.ts";
import { giveBackDelayMs, type Invitation, type Messaging, noPainter, noReviser, type OutboxMessage } from "./messaging.ts";

const PREVIEWS = "jobs.previews";
const REVISIONS = "jobs.revisions";
const OFFICE_REVISIONS = "jobs.revisions.office";
/** Who works on a revision says so this often, by an empty message; who is silent for so long is gone. */
const PULSE_MS = 3_000;
const SILENCE_MS = 15_000;
const TIMEOUT_MS = 5_000;
const RETRY_MS = 500;
const FLUSH_MS = 1_000;
const CHECK_MS = 2_000;
/** More than the headers of any message take. */
const HEADERS_BYTES = 1024;
const MAX_MESSAGES_EXCEEDED = 10_077;
const ADVISORIES = ["MAX_DELIVERIES", "MSG_TERMINATED"].flatMap((kind) =>
  [READY, CLASSES].map((stream) => `$JS.EVENT.ADVISORY.CONSUMER.${kind}.${stream}.*`),
);

export const DEFAULTS: StreamSettings = { replicas: 1, maxReady: 10_000, ackWaitMs: 15_000, pullMs: 10_000 };

/**
 * Messaging on NATS JetStream 2.10 or newer. `url` is `nats://user:password@host:port?replicas=3`, with
 * more hosts after commas. Reconnects for ever, and makes the streams again where the server lost them.
 * Throws UNAVAILABLE where it cannot be reached, and CREDENTIALS_REFUSED where it wants another password.
 */
export async function openJetStream(url: string, log: Logger, given: Partial<StreamSettings> = {}): Promise<Messaging> {
  const { servers, replicas, user, pass } = parseNatsUrl(url);
  const settings = { ...DEFAULTS, replicas, ...given };
  try {
    const connection = await connect({
      servers,
      ...(user && { user, pass }),
      timeout: TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RETRY_MS,
      pingInterval: 10_000,
    });
    const jsm = await connection.jetstreamManager({ timeout: TIMEOUT_MS });
    await ensureStreams(jsm, settings);
    return new JetStreamMessaging(connection, jsm, settings, log);
  } catch (cause) {
    throw isRefused(cause) ? refused(cause) : unavailable(cause);
  }
}

export function parseNatsUrl(url: string) {
  const [first = "", ...others] = url.split(",");
  const parsed = URL.parse(first);
  if (!parsed?.host) throw new UsageError("DRAGOMAN_MESSAGING takes nats://HOST:PORT, with more hosts after commas.");
  const { host, username, password, searchParams } = parsed;
  const replicas = Number(searchParams.get("replicas") ?? 1);
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 5)
    throw new UsageError("DRAGOMAN_MESSAGING: replicas takes a whole number from 1 to 5.");
  const servers = [host, ...others.map((other) => other.replace(/^nats:\/\//, ""))];
  return { servers, replicas, user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}

type Encoded = OutboxMessage & { readonly bytes: Uint8Array };

class JetStreamMessaging implements Messaging {
  readonly system = "nats";
  readonly #connection: NatsConnection;
  readonly #jsm: JetStreamManager;
  readonly #js: JetStreamClient;
  readonly #settings: StreamSettings;
  readonly #log: Logger;
  readonly #invitations: InvitationRequests;
  #ensuring: Promise<void> | undefined;

  constructor(connection: NatsConnection, jsm: JetStreamManager, settings: StreamSettings, log: Logger) {
    this.#connection = connection;
    this.#jsm = jsm;
    this.#js = connection.jetstream({ timeout: TIMEOUT_MS });
    this.#settings = settings;
    this.#log = log;
    this.#invitations = new InvitationRequests({
      js: this.#js,
      pullMs: settings.pullMs,
      onTrouble: (error) => {
        if (error) log.warn({ err: error instanceof Error ? error.message : "" }, "no invitation could be asked for");
        this.#ensure();
      },
    });
    void this.#logStatus();
    for (const advisory of ADVISORIES)
      connection.subscribe(advisory, { queue: "dragoman", callback: (_, message) => void this.#givenUp(message.subject, message.json()) });
  }

  async check(): Promise<void> {
    const silent = sleep(CHECK_MS, "silent", { ref: false });
    const answer = this.#connection.flush().then(
      () => "answered",
      () => "silent",
    );
    if (this.#connection.isClosed() || (await Promise.race([answer, silent])) === "silent") throw unavailable(undefined);
  }

  async publish(messages: readonly OutboxMessage[]): Promise<{ full: boolean }> {
    const encoded = messages
      .map(({ id, content }) => ({ id, content, bytes: encodeContent(content) }))
      .filter((message) => this.#fits(message));
    const lastEvent = encoded.findLastIndex(({ content }) => content.kind === "event");
    const outcomes = await Promise.allSettled(encoded.map((message, index) => this.#publish(message, index === lastEvent)));
    let full = false;
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      if (isFull(outcome.reason)) full = true;
      else {
        this.#ensure();
        throw unavailable(outcome.reason);
      }
    }
    return { full };
  }

  /** What the server would never take is left out: it would hold up all that comes after it, and whoever watches looks at the store as well. */
  #fits({ id, bytes }: Encoded): boolean {
    const limit = this.#connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    if (bytes.length + HEADERS_BYTES <= limit) return true;
    this.#log.error({ messageId: id, sizeBytes: bytes.length, limit }, "a message is larger than NATS takes, and is left out");
    return false;
  }

  /** One connection's messages reach a stream in their order, so that the ack of the last event stands for all before it. */
  async #publish({ id, content, bytes }: Encoded, lastEvent: boolean): Promise<void> {
    const named = headers();
    if (content.message.traceparent) named.set("traceparent", content.message.traceparent);
    if (content.kind === "cancel") return this.#connection.publish("jobs.cancel", bytes, { headers: named });
    const subject =
      content.kind === "work"
        ? subjectOf(jobClassOf(content.message.jobClass))
        : `jobs.events.${content.message.tenantId}.${content.message.job?.id}`;
    if (content.kind === "work" || lastEvent) {
      await this.#js.publish(subject, bytes, { msgID: id, timeout: TIMEOUT_MS, headers: named });
      return;
    }
    named.set("Nats-Msg-Id", id);
    this.#connection.publish(subject, bytes, { headers: named });
  }

  async nextInvitation(classes: readonly JobClass[], signal: AbortSignal): Promise<Invitation | undefined> {
    for (;;) {
      const message = await this.#invitations.next(classes, signal);
      if (!message) return undefined;
      const work = decoded(WorkDescriptorSchema, message.data);
      if (!work) {
        message.term("not a WorkDescriptor");
        continue;
      }
      const { deliveryCount } = message.info;
      return { work, deliveries: deliveryCount, ack: async () => message.ack(), giveBack: () => message.nak(giveBackDelayMs()) };
    }
  }

  async subscribe(to: Parameters<Messaging["subscribe"]>[0]): Promise<Disposable> {
    if (this.#connection.isClosed()) throw unavailable(undefined);
    const subscription: Subscription =
      "cancels" in to
        ? this.#connection.subscribe("jobs.cancel", { callback: (_, { data }) => to.cancels(fromBinary(CancelSignalSchema, data)) })
        : "tenantId" in to
          ? this.#connection.subscribe(`jobs.events.${to.tenantId}.*`, { callback: to.changed })
          : this.#connection.subscribe(`jobs.events.*.${to.jobId}`, {
              callback: (_, { data }) => to.events(fromBinary(JobEventSchema, data)),
            });
    await this.#flushed();
    return { [Symbol.dispose]: () => subscription.unsubscribe() };
  }

  async askPreview(work: PreviewWork, timeoutMs: number): Promise<PreviewMade> {
    try {
      const { data } = await this.#connection.request(PREVIEWS, toBinary(PreviewWorkSchema, work), { timeout: timeoutMs });
      return fromBinary(PreviewMadeSchema, data);
    } catch (cause) {
      throw noPainter(cause);
    }
  }

  async answerPreviews(answer: (work: PreviewWork) => Promise<PreviewMade>): Promise<Disposable> {
    if (this.#connection.isClosed()) throw unavailable(undefined);
    const subscription = this.#connection.subscribe(PREVIEWS, {
      queue: WORKERS,
      callback: async (_, message) => {
        const made = await answer(fromBinary(PreviewWorkSchema, message.data));
        message.respond(toBinary(PreviewMadeSchema, made));
      },
    });
    await this.#flushed();
    return { [Symbol.dispose]: () => subscription.unsubscribe() };
  }

  async askRevision(work: RevisionWork): Promise<RevisionMade> {
    if (this.#connection.isClosed()) throw unavailable(undefined);
    const subjects = work.needsOffice ? [OFFICE_REVISIONS, REVISIONS] : [REVISIONS];
    for (const subject of subjects) {
      const made = await this.#askLong(subject, toBinary(RevisionWorkSchema, work));
      if (made) return fromBinary(RevisionMadeSchema, made);
    }
    throw noReviser();
  }

  /** The answer of one of those who listen, undefined if there is none. Throws UNAVAILABLE if they fall silent. */
  async #askLong(subject: string, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>();
    const silence = setTimeout(() => reject(noReviser()), SILENCE_MS);
    const inbox = createInbox();
    const subscription = this.#connection.subscribe(inbox, {
      callback: (_, { data, headers: given }) => {
        silence.refresh();
        if (given?.hasError) resolve(undefined);
        else if (data.length > 0) resolve(data);
      },
    });
    try {
      this.#connection.publish(subject, bytes, { reply: inbox });
      return await promise;
    } catch (cause) {
      throw noReviser(cause);
    } finally {
      clearTimeout(silence);
      subscription.unsubscribe();
    }
  }

  async answerRevisions(
    answer: (work: RevisionWork) => Promise<RevisionMade>,
    { office }: { readonly office: boolean },
  ): Promise<Disposable> {
    if (this.#connection.isClosed()) throw unavailable(undefined);
    const callback = async (_: unknown, message: Msg) => {
      const work = decoded(RevisionWorkSchema, message.data);
      if (!work) return;
      message.respond();
      const pulse = setInterval(() => message.respond(), PULSE_MS);
      const made = await answer(work).finally(() => clearInterval(pulse));
      message.respond(toBinary(RevisionMadeSchema, made));
    };
    const subjects = office ? [REVISIONS, OFFICE_REVISIONS] : [REVISIONS];
    const subscriptions = subjects.map((subject) => this.#connection.subscribe(subject, { queue: WORKERS, callback }));
    await this.#flushed();
    return {
      [Symbol.dispose]() {
        for (const subscription of subscriptions) subscription.unsubscribe();
      },
    };
  }

  /** The server has what was sent when it has answered; while it is away, the next connection brings it. */
  async #flushed(): Promise<void> {
    const flushed = this.#connection.flush().catch(() => undefined);
    await Promise.race([flushed, sleep(FLUSH_MS, undefined, { ref: false })]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#invitations.stop();
    await Promise.race([this.#connection.close(), sleep(TIMEOUT_MS, undefined, { ref: false })]);
  }

  /** Makes what the server lost, one try at a time. */
  #ensure(): void {
    this.#ensuring ??= ensureStreams(this.#jsm, this.#settings)
      .then(() => this.#log.info("streams are there"))
      .catch((error: unknown) => this.#log.warn({ err: error instanceof Error ? error.message : "" }, "streams could not be made"))
      .finally(() => {
        this.#ensuring = undefined;
      });
  }

  /** A message that JetStream delivers no more only fills the queue; its job is invited again when the invitation lapses. */
  async #givenUp(subject: string, advisory: { stream?: string; stream_seq?: number }): Promise<void> {
    this.#log.warn({ subject, sequence: advisory.stream_seq }, "an invitation was given up");
    const { stream, stream_seq: sequence } = advisory;
    if (subject.includes("MAX_DELIVERIES") && stream && sequence)
      await this.#jsm.streams.deleteMessage(stream, sequence).catch(() => undefined);
  }

  async #logStatus(): Promise<void> {
    for await (const { type } of this.#connection.status())
      if (type === "disconnect" || type === "reconnect") this.#log.warn({ type }, "nats connection");
  }
}

function decoded<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> | undefined {
  try {
    return fromBinary(schema, bytes);
  } catch {
    return undefined;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.err_code === MAX_MESSAGES_EXCEEDED;
}

/** Whether the server said that it does not take the user or password. */
export function isRefused(error: unknown): boolean {
  return error instanceof NatsError && (error.isAuthError() || error.isAuthTimeout() || error.isPermissionError());
}

function refused(cause: unknown): DragomanError {
  return DragomanError.of("CREDENTIALS_REFUSED", "The messaging server refuses the user or password that Dragoman has for it.", {
    cause,
    hint: "Set them in DRAGOMAN_MESSAGING: nats://USER:PASSWORD@HOST:PORT.",
  });
}

function unavailable(cause: unknown): DragomanError {
  return DragomanError.of("UNAVAILABLE", "The messaging server does not answer.", { cause, retryAfterMs: 1_000 });
}
