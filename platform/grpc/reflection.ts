import { type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";

/** Lets a client such as grpcurl or `buf curl` ask the server for its contract: the standard grpc.reflection services. */
export function addReflection(server: Server, services: readonly DescService[]): void {
  const fileDescriptorProtos = filesOf(services.map(({ file }) => file)).map(({ proto }) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, proto)),
  );
  // The library takes what proto-loader makes of .proto files, and reads of it the descriptors alone.
  const definition = { files: { format: "", type: {}, fileDescriptorProtos } };
  new ReflectionService(definition as never, { services: services.map(({ typeName }) => typeName) }).addToServer(server);
}

/** The files with all that they need. */
export function filesOf(roots: readonly DescFile[]): DescFile[] {
  const files = new Map<string, DescFile>();
  const add = (file: DescFile) => {
    if (files.has(file.name)) return;
    files.set(file.name, file);
    file.dependencies.forEach(add);
  };
  roots.forEach(add);
  return [...files.values()];
}
