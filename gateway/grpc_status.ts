import type { IncomingMessage, ServerResponse } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import { codeToHttpStatus, errorToJson } from "@connectrpc/connect/protocol-connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { DragomanError } from "../platform/errors.ts";
import { toConnectError } from "./proxy.ts";

const RPC = /^\/[\w.]+\/\w+$/;

/**
 * Writes gRPC's message as its own protocol has it, where Connect writes it as an address is written: only bytes that are
 * not printable ASCII, and %, are encoded. grpc-js decodes no more than that, and would show "%2C" for a comma.
 */
export function spellMessage(trailers: Headers | undefined): void {
  const message = trailers?.get("grpc-message");
  if (message) trailers?.set("grpc-message", encodeMessage(decodeURIComponent(message)));
}

export function encodeMessage(message: string): string {
  return [...Buffer.from(message)]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}

/** Answers a call of a method that there is not in the caller's own protocol; false where it is no such call. */
export function refuseUnknown(request: IncomingMessage, response: ServerResponse): boolean {
  const type = request.headers["content-type"] ?? "";
  const [path = ""] = request.url?.split("?", 1) ?? [];
  if (request.method !== "POST" || !RPC.test(path)) return false;
  const error = toConnectError(DragomanError.of("ROUTE_NOT_FOUND", "There is no such method."));
  if (type.startsWith("application/grpc")) {
    const status = setTrailerStatus(new Headers(), error);
    spellMessage(status);
    const trailer = Object.fromEntries(status);
    // gRPC-Web over HTTP/1.1 has no trailers; gRPC takes a status from trailers alone, or from headers that end the stream.
    if (type.startsWith("application/grpc-web")) response.writeHead(200, { "content-type": type, ...trailer }).end();
    else {
      response.writeHead(200, { "content-type": type });
      response.addTrailers(trailer);
      response.end();
    }
    return true;
  }
  if (!/^application\/(connect\+)?(json|proto)/.test(type)) return false;
  const body = JSON.stringify(errorToJson(ConnectError.from(error), undefined));
  response.writeHead(codeToHttpStatus(Code.Unimplemented), { "content-type": "application/json" }).end(body);
  return true;
}
