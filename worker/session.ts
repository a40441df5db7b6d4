import { setTimeout as sleep } from "node:timers/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { ClientDuplexStream } from "@grpc/grpc-js";
import { type OrchestratorMessage, type WorkerMessage, WorkerMessageSchema, WorkerService } from "../gen/dragoman/v1/worker_service_pb.ts";
import { fromServiceError, grpcClient } from "../platform/grpc/client.ts";
import type { Logger } from "../platform/log.ts";

const RECONNECT_FIRST_MS = 100;
const RECONNECT_MAX_MS = 3_000;

/** What a worker says. */
export type Outgoing = NonNullable<MessageInitShape<typeof WorkerMessageSchema>["message"]>;
/** What an orchestrator says, but for what the session hears itself. */
export type Incoming = Exclude<OrchestratorMessage["message"], { case: "drain" | "resume" }>;

/** What a session is in. */
export type SessionState =
  /** No stream is open: before the first one, and between one that ended and the next. */
  | "AWAY"
  /** All may be said. */
  | "OPEN"
  /** The orchestrator is about to end it, or an operator has drained the worker: what is held is still reported, but nothing is offered or claimed. */
  | "DRAINED";

export interface SessionParts {
  /** The orchestrator's `host:port`. */
  readonly orchestrator: string;
  /** A worker's key. */
  readonly apiKey: string;
  readonly log: Logger;
  /** A stream is open: says who is here and what is held. */
  readonly onOpen: () => void;
  readonly onMessage: (message: Incoming) => void;
  /** Nothing more may be claimed for now; `byOperator`: nor is anything else to be done, until it may again. */
  readonly onDrain: (byOperator: boolean) => void;
  /** It may again. */
  readonly onResume: () => void;
  readonly onAway: () => void;
}

/** The stream to an orchestrator: opened again, maybe to another, whenever it ends. */
export class Session {
  readonly #parts: SessionParts;
  #state: SessionState = "AWAY";
  #stream: ClientDuplexStream<WorkerMessage, OrchestratorMessage> | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Keeps a stream open until `signal` aborts and the last one has ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { orchestrator, apiKey, log, onOpen, onAway } = this.#parts;
    using client = grpcClient(WorkerService, orchestrator);
    for (let delayMs = RECONNECT_FIRST_MS; !signal.aborted; delayMs = Math.min(RECONNECT_MAX_MS, delayMs * 2)) {
      const stream = client.session({ authorization: `Bearer ${apiKey}` });
      this.#stream = stream;
      this.#state = "OPEN";
      stream.on("error", () => undefined);
      onOpen();
      try {
        for await (const { message } of stream) {
          delayMs = RECONNECT_FIRST_MS;
          this.#receive(message);
        }
      } catch (error) {
        if (!signal.aborted) log.warn({ code: fromServiceError(error).code }, "session lost");
      }
      this.#stream = undefined;
      this.#state = "AWAY";
      onAway();
      await sleep(delayMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** False if there is no stream: then nobody hears it. */
  send(message: Outgoing): boolean {
    if (!this.#stream) return false;
    this.#stream.write(create(WorkerMessageSchema, { message }));
    return true;
  }

  /** Whoever does not answer may never do: the next stream is with another, or with the same one anew. */
  hangUp(): void {
    this.#parts.log.warn("the orchestrator does not answer");
    this.cancel();
  }

  cancel(): void {
    this.#stream?.cancel();
  }

  #receive(message: OrchestratorMessage["message"]): void {
    const { log, onMessage, onDrain, onResume } = this.#parts;
    if (message.case === "drain") {
      const why = message.value.byOperator ? "an operator has drained this worker" : "the orchestrator is being stopped";
      log.info(`${why}: nothing more is claimed in this session`);
      this.#state = "DRAINED";
      onDrain(message.value.byOperator);
    } else if (message.case === "resume") {
      log.info("an operator has resumed this worker");
      this.#state = "OPEN";
      onResume();
    } else onMessage(message);
  }
}
