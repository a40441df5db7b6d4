import { isMessage, type Message } from "@bufbuild/protobuf";
import { ListUsageRequestSchema, ListUsageResponseSchema } from "../gen/dragoman/v1/admin_service_pb.ts";
import {
  GetUsageRequestSchema,
  type UsageGroup,
  UsageGrouping,
  UsageSchema,
  type UsageSums,
  UsageSumsSchema,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { csvText } from "./csv.ts";

/** In the order in which they stand in a row. */
const COLUMNS = [
  { grouping: UsageGrouping.DAY, name: "day", of: (group: UsageGroup) => group.day },
  { grouping: UsageGrouping.KEY, name: "key_id", of: (group: UsageGroup) => group.keyId },
  { grouping: UsageGrouping.LABEL, name: "label", of: (group: UsageGroup) => group.label },
  { grouping: UsageGrouping.ENGINE, name: "engine", of: (group: UsageGroup) => group.engine },
] as const;
const MEASURES = UsageSumsSchema.fields.map(({ name, localName }) => ({ name, localName: localName as keyof UsageSums }));

/** Of an answer about usage, by what was asked: a row for each group, or for the sums where nothing was grouped by. Undefined of other answers. */
export function usageCsv(asked: Message, answered: Message): string | undefined {
  if (isMessage(asked, GetUsageRequestSchema) && isMessage(answered, UsageSchema))
    return table(asked.groupBy, [], [{ of: answered, names: [] }]);
  if (!isMessage(asked, ListUsageRequestSchema) || !isMessage(answered, ListUsageResponseSchema)) return undefined;
  const tenants = answered.tenants.map((tenant) => ({ of: tenant, names: [tenant.tenantId] }));
  return table(asked.groupBy, ["tenant_id"], tenants);
}

interface Part {
  readonly of: { readonly groups: readonly UsageGroup[]; readonly total?: UsageSums | undefined };
  readonly names: readonly string[];
}

function table(groupBy: readonly UsageGrouping[], first: readonly string[], parts: readonly Part[]): string {
  const columns = COLUMNS.filter(({ grouping }) => groupBy.includes(grouping));
  const row = (names: readonly string[], sums: UsageSums | undefined) => [
    ...names,
    ...MEASURES.map(({ localName }) => String(sums?.[localName] ?? 0)),
  ];
  const rows = parts.flatMap(({ of: { groups, total }, names }) =>
    columns.length > 0 ? groups.map((group) => row([...names, ...columns.map(({ of }) => of(group))], group.sums)) : [row(names, total)],
  );
  return csvText([[...first, ...columns.map(({ name }) => name), ...MEASURES.map(({ name }) => name)], ...rows]);
}
