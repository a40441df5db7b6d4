import { create, type DescService } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import {
  Health,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
  HealthListResponseSchema,
} from "../gen/health/v1/health_pb.ts";

const { SERVING, NOT_SERVING } = HealthCheckResponse_ServingStatus;

/** The standard grpc.health.v1.Health of a gateway, as load balancers ask it: whether it takes new requests. */
export class GatewayHealth {
  readonly #stopping: AbortSignal;
  readonly #names: readonly string[];

  /** Answers for the gateway under "", and for each of `services` under its name: NOT_SERVING from when `stopping` aborts, to those that watch as well. */
  constructor(services: readonly DescService[], stopping: AbortSignal) {
    this.#stopping = stopping;
    this.#names = ["", ...services.map(({ typeName }) => typeName)];
  }

  addTo(router: ConnectRouter): void {
    const stopping = this.#stopping;
    const status = () => create(HealthCheckResponseSchema, { status: stopping.aborted ? NOT_SERVING : SERVING });
    const known = (service: string) => {
      if (!this.#names.includes(service)) throw new ConnectError("unknown service", Code.NotFound);
    };
    router.service(Health, {
      check: ({ service }) => {
        known(service);
        return status();
      },
      list: () => create(HealthListResponseSchema, { statuses: Object.fromEntries(this.#names.map((name) => [name, status()])) }),
      async *watch({ service }, { signal }) {
        known(service);
        const first = status();
        yield first;
        if (first.status === NOT_SERVING) return;
        await firstAborted(stopping, signal);
        if (!signal.aborted) yield status();
      },
    });
  }
}

/** Leaves nothing behind at the other signal: one outlives all watches, which anyone may open. */
async function firstAborted(...signals: readonly AbortSignal[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  for (const signal of signals) signal.addEventListener("abort", end);
  if (signals.some(({ aborted }) => aborted)) end();
  await promise;
  for (const signal of signals) signal.removeEventListener("abort", end);
}
