import { fromBinary } from "@bufbuild/protobuf";
import { connect, type NatsConnection } from "nats";
import { type Job, JobEventSchema, type Stage } from "../../gen/dragoman/v1/job_pb.ts";
import { eventually } from "../support/service.ts";

/** Every event of every job, as an onlooker hears them. */
export class History implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #events = new Map<string, Job[]>();

  static async open(url: string): Promise<History> {
    const history = new History(await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 200 }));
    await history.#connection.flush();
    return history;
  }

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
    connection.subscribe("jobs.events.>", {
      callback: (_, { data }) => {
        const { job } = fromBinary(JobEventSchema, data);
        if (job) this.#events.set(job.id, [...this.of(job.id), job]);
      },
    });
  }

  of(id: string): readonly Job[] {
    return this.#events.get(id) ?? [];
  }

  /** Waits until the job is seen in `stage`. */
  async reached(id: string, stage: Stage, deadlineMs = 90_000): Promise<void> {
    await eventually(async () => this.of(id).some((job) => job.stage === stage), deadlineMs, 2);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }
}
