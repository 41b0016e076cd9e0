#!/usr/bin/env node
// Sends an event as a good sender does: send.mjs URL FILE [ID]
//
// FILE is the body, JSON. ID names the event, a digest of the body without it: however often this is repeated, one run starts.
// WEBHOOK_SECRET of the environment is whsec_ and base64 of the key that signs (Standard Webhooks, v1).
// Ends with 0 and the run's id when the event is taken, 1 when it is not, 2 when it is used in a wrong way.
// Node 18 or newer, and nothing else. With the npm package `standardwebhooks` the signature is
//   new Webhook(process.env.WEBHOOK_SECRET).sign(id, new Date(timestamp * 1000), body)
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

const TRIES = 6;
const TIMEOUT = 30_000; // ms of one try
const LONGEST_WAIT = 900_000; // ms between two

function fail(code, text) {
  console.error(text);
  process.exit(code);
}

function readKey(secret) {
  if (!secret) fail(2, "set WEBHOOK_SECRET to whsec_ and base64 of the key");
  const text = secret.replace(/^whsec_/, "");
  // Buffer passes over what is no base64.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) fail(2, "WEBHOOK_SECRET is not whsec_ and base64");
  return Buffer.from(text, "base64");
}

function sign(key, id, timestamp, body) {
  return "v1," + createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

/// As long as the receiver asks for, else twice as long each time; never all senders at once.
function msToWait(headers, tried) {
  const wait = Math.min(60, 2 ** tried) * (500 + 500 * Math.random());
  const asked = headers?.get("retry-after") ?? "";
  const until = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - Date.now();
  return Math.min(Math.max(wait, until || 0), LONGEST_WAIT);
}

function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

async function send(url, body, headers) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual", // a signed event goes where it was sent, and nowhere else
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (error) {
    return { status: 0, text: String(error.cause?.message || error.message) };
  }
}

async function deliver(url, body, id, key) {
  for (let tried = 0; ; tried++) {
    const timestamp = Math.floor(Date.now() / 1000); // and a signature of each try; the id stays
    const answer = await send(url, body, {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": sign(key, id, timestamp, body),
    });
    const { status, headers, text } = answer;
    if (status >= 200 && status < 300) return answer;
    const what = `${status || "no answer"}: ${parse(text).detail ?? text.trim().slice(0, 200)}`;
    const final = headers?.get("idempotent-replayed") === "true";
    if (final || !([0, 408, 429].includes(status) || status >= 500)) fail(1, `refused with ${what}`);
    if (tried + 1 === TRIES) fail(1, `given up after ${TRIES} tries, the last one ${what}`);
    const wait = msToWait(headers, tried);
    console.error(`${what}; again in ${(wait / 1000).toFixed(1)} s`);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

const [url, file, named] = process.argv.slice(2);
if (!url || !file || process.argv.length > 5) fail(2, "usage: send.mjs URL FILE [ID]");
const key = readKey(process.env.WEBHOOK_SECRET);
let body;
try {
  body = readFileSync(file);
} catch (error) {
  fail(2, error.message);
}
const id = named ?? "evt_" + createHash("sha256").update(body).digest("hex");
const { headers, text } = await deliver(url, body, id, key);
if (headers.get("idempotent-replayed") === "true") console.error("this event was there before");
console.log(parse(text).runId ?? text); // a flow that answers by itself has no runId
