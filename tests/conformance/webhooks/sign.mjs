// Signs requests with the packages of senders and writes them as vectors: sign.mjs NODE_MODULES OUT_FOLDER.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, out] = process.argv.slice(2);
const require = createRequire(join(modules, "x.js"));
const { Webhook } = require("standardwebhooks");
const stripeModule = require("stripe");
const Stripe = stripeModule.default ?? stripeModule.Stripe ?? stripeModule;
// Octokit's packages are modules of the newer kind alone.
const { Webhooks } = await import(
  pathToFileURL(join(modules, "@octokit/webhooks/dist-bundle/index.js")).href
);

const now = 1700000000;
const bodies = ["{}", '{"type":"order.created","id":7}', '{"name":"Zoë ☃ \\u0000"}', "x".repeat(5000)];

async function write(scheme, secret, headersOf) {
  const vectors = [];
  for (const [i, body] of bodies.entries()) {
    const vector = { scheme, secret, headers: await headersOf(body), body, now, tolerance: 300 };
    vectors.push({ id: `${scheme}/npm-${i}`, ...vector, valid: true });
    vectors.push({ id: `${scheme}/npm-${i}-changed`, ...vector, body: body + " ", valid: false });
  }
  writeFileSync(join(out, `${scheme}.json`), JSON.stringify(vectors));
}

const whsec = "whsec_" + Buffer.from("a secret of twenty-four b").toString("base64");
await write("standard-webhooks", whsec, (body) => ({
  "webhook-id": "msg_1",
  "webhook-timestamp": String(now),
  "webhook-signature": new Webhook(whsec).sign("msg_1", new Date(now * 1000), body),
}));
const stripe = new Stripe("sk_test_x");
await write("stripe", "whsec_of_stripe", (payload) => ({
  "Stripe-Signature": stripe.webhooks.generateTestHeaderString({ payload, secret: "whsec_of_stripe", timestamp: now }),
}));
const octokit = new Webhooks({ secret: "a secret of GitHub" });
await write("github-sha256", "a secret of GitHub", async (body) => ({ "X-Hub-Signature-256": await octokit.sign(body) }));
