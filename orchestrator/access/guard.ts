import type { DescService } from "@bufbuild/protobuf";
import type { CallContext, DuplexStream, Handlers } from "../../platform/grpc/server.ts";
import type { Store } from "../store/store.ts";
import { type Callers, type Need, requireNeed } from "./callers.ts";
import type { Principal } from "./keys.ts";
import type { LastingCalls } from "./lasting_calls.ts";
import { refusals } from "./refusals.ts";

/** What a handler knows of its call once its key was looked at. */
export interface GuardedContext extends CallContext {
  readonly principal: Principal;
}

/** What each method of a service asks of its caller, who is refused without it before anything is looked up. */
export type Requires<S extends DescService> = { readonly [K in keyof S["method"]]: Need };

export interface Gate {
  readonly store: Store;
  readonly callers: Pick<Callers, "of">;
  readonly lasting: Pick<LastingCalls, "hold">;
}

// biome-ignore lint/suspicious/noExplicitAny: `guarded` pairs each method with its typed handler.
type AnyHandler = any;

/**
 * Handlers that know who calls. Each call is authenticated, whoever proxied it, and refused without the method's scope; a stream ends
 * with its key, within a second. Throws UNAUTHENTICATED and PERMISSION_DENIED.
 */
export function guarded<S extends DescService>(
  service: S,
  { callers, lasting }: Gate,
  requires: Requires<S>,
  handlers: Handlers<S, GuardedContext>,
): Handlers<S> {
  const enter = async (context: CallContext, need: Need, request: object = {}): Promise<GuardedContext> => {
    const principal = await callers.of(context.authorization);
    requireNeed(principal, need, request);
    return { ...context, principal };
  };
  const refused = refusals();
  const guardedHandlers: Record<string, AnyHandler> = {};
  for (const method of service.methods) {
    const name = method.localName as keyof S["method"] & string;
    const need = requires[name];
    const handler: AnyHandler = handlers[name];
    guardedHandlers[name] = {
      async unary(request: object, context: CallContext) {
        try {
          return await handler(request, await enter(context, need, request));
        } catch (error) {
          refused(error);
          throw error;
        }
      },
      async *server_streaming(request: object, context: CallContext) {
        const entered = await enter(context, need, request);
        using _ = lasting.hold({ authorization: context.authorization, refuse: context.refuse });
        yield* handler(request, entered);
      },
      async bidi_streaming(stream: DuplexStream<object, object>, context: CallContext) {
        const entered = await enter(context, need);
        using _ = lasting.hold({ authorization: context.authorization, refuse: stream.end });
        await handler(stream, entered);
      },
      client_streaming: undefined,
    }[method.methodKind];
  }
  return guardedHandlers as Handlers<S>;
}
