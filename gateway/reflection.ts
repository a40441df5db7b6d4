import { create, createRegistry, type DescFile, type DescService, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { filesOf } from "../platform/grpc/reflection.ts";

type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]>;

/** The standard grpc.reflection services: a client such as grpcurl or `buf curl` asks them for the contract of `services`. */
export function addReflection(router: ConnectRouter, services: readonly DescService[]): void {
  const files = filesOf(services.map(({ file }) => file));
  const registry = createRegistry(...files);
  const containing = (symbol: string): DescFile | undefined => {
    const [, parent = "", member = ""] = /^(.*)\.(\w+)$/.exec(symbol) ?? [];
    const hasMethod = registry.getService(parent)?.methods.some(({ name }) => name === member);
    return (registry.get(symbol) ?? (hasMethod ? registry.getService(parent) : undefined))?.file;
  };
  const answer = ({ messageRequest: { case: asked, value } }: ServerReflectionRequest): Answer => {
    if (asked === "listServices")
      return { case: "listServicesResponse", value: { service: services.map(({ typeName }) => ({ name: typeName })) } };
    if (asked === "fileByFilename") return described(files.find(({ proto }) => proto.name === value));
    if (asked === "fileContainingSymbol") return described(containing(value));
    if (asked === undefined) return refused(Code.InvalidArgument, "Nothing is asked.");
    return refused(Code.NotFound, "There are no such extensions.");
  };
  const handlers = {
    async *serverReflectionInfo(requests: AsyncIterable<ServerReflectionRequest>): AsyncGenerator<ServerReflectionResponse> {
      for await (const request of requests)
        yield create(ServerReflectionResponseSchema, {
          validHost: request.host,
          originalRequest: request,
          messageResponse: answer(request),
        });
    },
  };
  router.service(ServerReflection, handlers);
  // The same messages under the name that older clients ask for.
  router.service(ServerReflectionAlpha, handlers as never);
}

/** A file with all that it needs, as clients expect it. */
function described(file: DescFile | undefined): Answer {
  if (!file) return refused(Code.NotFound, "There is no such file or symbol.");
  const fileDescriptorProto = filesOf([file]).map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function refused(errorCode: Code, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}
