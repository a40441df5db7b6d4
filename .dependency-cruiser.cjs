/** Who may import whom: the table of docs/architecture.md. */
const only = (name, from, allowed, to = {}) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^(gen|platform|orchestrator|worker|gateway|client|cli|deploy|test|bench|examples)/", pathNot: allowed, ...to },
});

module.exports = {
  forbidden: [
    only("platform-imports-gen", "^platform/(?!.*[.]test[.]ts$)", "^(platform|gen)/"),
    only("orchestrator-imports-platform-and-gen", "^orchestrator/(?!.*[.]test[.]ts$)", "^(orchestrator|platform|gen)/"),
    only("worker-imports-platform-and-gen", "^worker/(?!engine/)(?!.*[.]test[.]ts$)", "^(worker|platform|gen)/"),
    // Types are erased: the error codes are named where every component has them.
    only("engine-imports-nothing-of-ours", "^worker/engine/(?!.*[.]test[.]ts$)", "^worker/engine/", { dependencyTypesNot: ["type-only"] }),
    only("client-imports-gen", "^client/", "^(client|gen)/"),
    only("gateway-imports-platform-and-gen", "^gateway/(?!web/)(?!.*[.]test[.]ts$)", "^(gateway(?!/web)|platform|gen)/"),
    // The file types are plain data.
    only("page-imports-client-and-gen", "^gateway/web/", "^(gateway/web|client|gen)/|^platform/file_types[.]ts$"),
    {
      name: "jobs-does-no-io",
      severity: "error",
      from: { path: "^orchestrator/jobs/(?!.*[.]test[.]ts$)" },
      to: { path: "^(node:)?(fs|net|http|http2|child_process|dns|sqlite)(/|$)|^orchestrator/(?!jobs/)" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".js", ".mjs"] },
  },
};
