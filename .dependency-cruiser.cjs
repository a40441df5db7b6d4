/** Who may import whom: the table of docs/architecture.md. */
const only = (name, from, allowed, to = {}) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^(gen|platform|orchestrator|worker|gateway|client|cli|deploy|test|bench|examples)/", pathNot: allowed, ...to },
});

/** The same within the engine, where types count as well. */
const engine = (name, folder, allowed) => ({
  name,
  severity: "error",
  from: { path: `^worker/engine/${folder}/` },
  to: {
    path: "^(gen|platform|orchestrator|worker|gateway|client|cli|deploy|test|bench|examples)/",
    pathNot: `^worker/engine/(${allowed})`,
  },
});

module.exports = {
  forbidden: [
    only("platform-imports-gen", "^platform/", "^(platform|gen)/"),
    only("orchestrator-imports-platform-and-gen", "^orchestrator/", "^(orchestrator|platform|gen)/"),
    only("worker-imports-platform-and-gen", "^worker/(?!engine/)", "^(worker|platform|gen)/"),
    // Types are erased: the error codes are named where every component has them.
    only("engine-imports-nothing-of-ours", "^worker/engine/", "^worker/engine/", { dependencyTypesNot: ["type-only"] }),
    engine("document-imports-itself", "document", "document/"),
    engine("layout-imports-document", "layout", "(layout|document)/"),
    engine("ports-import-what-they-speak-of", "ports", "((ports|document)/|layout/content|formats/format|context|errors)"),
    // A format shares with another what stands beside them (zip, xml, ooxml, named_texts, markup and plain are no formats); the registry alone knows them all.
    engine("formats-import-what-they-give", "formats", "((formats|document|ports|setting|inpainting)/|layout/content|context|errors)"),
    engine("setting-imports-document", "setting", "(setting|document)/|errors"),
    engine("inpainting-imports-document", "inpainting", "(inpainting|document)/|errors"),
    {
      name: "formats-do-not-import-each-other",
      severity: "error",
      from: { path: "^worker/engine/formats/([^/]+)/" },
      to: {
        path: "^worker/engine/formats/([^/]+/|registry[.]ts$)",
        pathNot: "^worker/engine/formats/($1|zip|xml|ooxml|named_texts|markup|plain)/",
      },
    },
    {
      name: "services-do-not-import-each-other",
      severity: "error",
      from: { path: "^worker/engine/services/([^/]+)/" },
      to: { path: "^worker/engine/services/", pathNot: "^worker/engine/services/$1/" },
    },
    only("client-imports-gen", "^client/", "^(client|gen)/"),
    only("gateway-imports-platform-and-gen", "^gateway/(?!web/)", "^(gateway(?!/web)|platform|gen)/"),
    // The file types are plain data.
    only("page-imports-client-and-gen", "^gateway/web/", "^(gateway/web|client|gen)/|^platform/file_types[.]ts$"),
    {
      name: "jobs-does-no-io",
      severity: "error",
      from: { path: "^orchestrator/jobs/" },
      to: { path: "^(node:)?(fs|net|http|http2|child_process|dns|sqlite)(/|$)|^orchestrator/(?!jobs/)" },
    },
    // Folders beside each other; what a folder holds may use what stands above it.
    {
      name: "no-cycles-of-folders",
      severity: "error",
      scope: "folder",
      from: { path: "^(platform|orchestrator|worker|gateway|client|cli)(/|$)" },
      to: { circular: true },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
  ],
  options: {
    // Tests may import anything.
    exclude: { path: "[.]test[.]ts$" },
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".js", ".mjs"] },
  },
};
