import type { DescMethod } from "@bufbuild/protobuf";
import { expect } from "chai";
import { formatApiKey } from "../platform/api_key.ts";
import { DragomanError, type ErrorCode } from "../platform/errors.ts";
import { admission } from "./admission.ts";

const KEY = `Bearer ${formatApiKey({ id: "0".repeat(16), secret: "1".repeat(48) })}`;
const TOKEN = `Bearer dgj_01K9ZV7Q3M5T8E2XW4R6Y0H1B5_${"0".repeat(16)}_abc_r_${"2".repeat(64)}`;

/** What is asked of an orchestrator that answers each call so; "" for well. */
function asking(answers: Readonly<Record<string, ErrorCode | "">>) {
  const asked: string[] = [];
  const admit = admission(async (method: DescMethod) => {
    asked.push(method.name);
    const code = answers[method.name];
    if (code !== "") throw DragomanError.of(code ?? "INTERNAL", method.name);
    return {} as never;
  });
  const code = (authorization: string) =>
    admit(authorization).then(
      () => "",
      (error: DragomanError) => error.code,
    );
  return { asked, code };
}

describe("who a gateway lets in", () => {
  it("is whose key or token the orchestrator knows, asked once in a second", async () => {
    const { asked, code } = asking({ GetCaller: "" });
    expect([await code(KEY), await code(KEY), await code(TOKEN), await code(TOKEN)]).to.deep.equal(["", "", "", ""]);
    expect(asked).to.deep.equal(["GetCaller", "GetCaller"]);
  });
  it("is nobody without the form of either, and nothing is asked", async () => {
    const { asked, code } = asking({ GetCaller: "" });
    for (const wrong of ["", "Bearer", `${KEY}0`, `${TOKEN}0`, TOKEN.replace("_r_", "_w_"), "Bearer word"])
      expect(await code(wrong)).to.equal("UNAUTHENTICATED");
    expect(asked).to.deep.equal([]);
  });
  it("is not asked for again where the answer was no, and is where there was none", async () => {
    const refused = asking({ GetCaller: "UNAUTHENTICATED" });
    expect([await refused.code(KEY), await refused.code(KEY)]).to.deep.equal(["UNAUTHENTICATED", "UNAUTHENTICATED"]);
    expect(refused.asked).to.have.length(1);
    const away = asking({ GetCaller: "UNAVAILABLE" });
    expect([await away.code(KEY), await away.code(KEY)]).to.deep.equal(["UNAVAILABLE", "UNAVAILABLE"]);
    expect(away.asked).to.have.length(2);
  });
  it("is told by an orchestrator of an older version too, in the way that it knows", async () => {
    const { asked, code } = asking({ GetCaller: "ROUTE_NOT_FOUND", ListLanguagePairs: "PERMISSION_DENIED" });
    expect(await code(KEY)).to.equal("PERMISSION_DENIED");
    expect(asked).to.deep.equal(["GetCaller", "ListLanguagePairs"]);
  });
});
