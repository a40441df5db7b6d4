import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { GrantedSchema } from "../gen/dragoman/v1/worker_service_pb.ts";
import { type ClaimAnswer, Claims } from "./claims.ts";

/** Claims invitations of one job by their deliveryAttempt, answers each claim that is asked as told, and gives what was asked and what was answered. */
async function claim(deliveryAttempts: readonly number[], answers: readonly ClaimAnswer[]) {
  const claims = new Claims();
  const asked: number[] = [];
  const made = deliveryAttempts.map((deliveryAttempt) => claims.make("a", deliveryAttempt, () => asked.push(deliveryAttempt)));
  for (const answer of answers) {
    claims.answer("a", answer);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { asked, answered: await Promise.all(made) };
}

const GRANTED = create(GrantedSchema, { jobId: "a", attempt: 1 });

describe("the claims that are under way", () => {
  it("are one for an invitation that comes twice: the second is dropped", async () => {
    expect(await claim([1, 1], [GRANTED])).to.deep.equal({ asked: [1], answered: [GRANTED, "refused"] });
  });
  it("are not made of an invitation that was replaced", async () => {
    expect(await claim([2, 1], [GRANTED])).to.deep.equal({ asked: [2], answered: [GRANTED, "refused"] });
  });
  it("are made of the invitation that replaced another once that is refused", async () => {
    expect(await claim([1, 2], ["refused", GRANTED])).to.deep.equal({ asked: [1, 2], answered: ["refused", GRANTED] });
  });
  it("are not made of one that replaced another if that is granted", async () => {
    expect(await claim([1, 2], [GRANTED])).to.deep.equal({ asked: [1], answered: [GRANTED, "refused"] });
  });
  it("leave both invitations good if nobody answers", async () => {
    expect(await claim([1, 2], ["unanswered"])).to.deep.equal({ asked: [1], answered: ["unanswered", "unanswered"] });
  });
  it("make one for each of many invitations that replaced each other at most at a time", async () => {
    const { asked, answered } = await claim([1, 2, 3], ["refused", "refused", GRANTED]);
    expect(asked).to.deep.equal([1, 2, 3]);
    expect(answered.filter((answer) => typeof answer !== "string")).to.deep.equal([GRANTED]);
  });
  it("are asked again in a new session, which the answer may have been lost with", async () => {
    const claims = new Claims();
    let asked = 0;
    const answered = claims.make("a", 1, () => {
      asked += 1;
    });
    claims.askAgain();
    claims.answer("a", GRANTED);
    expect([asked, await answered]).to.deep.equal([2, GRANTED]);
    claims.askAgain();
    expect(asked).to.equal(2);
  });
  it("say of an answer whether anybody waited for it", () => {
    expect(new Claims().answer("a", GRANTED)).to.equal(false);
  });
});
