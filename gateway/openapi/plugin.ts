import { createEcmaScriptPlugin, getComments, runNodeJs } from "@bufbuild/protoplugin";
import { documentOf } from "./document.ts";

/** A plugin of buf's: writes what clients may call over REST as gen/openapi.json. */
runNodeJs(
  createEcmaScriptPlugin({
    name: "protoc-gen-openapi",
    version: "v1",
    generateTs(schema) {
      const services = schema.files.flatMap((file) => file.services);
      const document = documentOf(services, (desc) => (getComments(desc).leading ?? "").replace(/^ /gm, "").trim());
      schema.generateFile("openapi.json").print(JSON.stringify(document, null, 2));
    },
  }),
);
