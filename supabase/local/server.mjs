// The local Supabase API: @supabase/lite before the local PostgreSQL, made to behave as a hosted
// project does where the two differ. Started by `backroom up`, which sets the environment.
//
// Equal to hosted: the publishable key, users' tokens, any role that `authenticator` may become (a
// token with `role: edge_adapter` runs RPC as that role), request.headers, PT4xx as HTTP status.
// Not equal: 40001, 40P01 and P0001 all answer 500 with the code SUP; hosted keeps their codes and
// answers 500, 500 and 400. So a caller retries every 5xx, and migrations raise PT4xx, not P0001.
// Functions and tables made after the start are not seen: migrating restarts this server.

import { AsyncLocalStorage } from "node:async_hooks";
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

import { serve } from "@hono/node-server";
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";

const stop = (sentence) => {
    process.stderr.write(`${sentence}\n`);
    process.exit(1);
};
const env = (name) => process.env[name] || stop(`${name} is not set`);

// lite prints whole errors, and what a person typed stands in them: the log gets their codes.
console.error = (...parts) => {
    const error = parts.find((part) => part instanceof Error);
    const { name, code = "", routine = "" } = error ?? { name: parts[0] };
    process.stderr.write(`${name} ${code} ${routine}`.trim() + "\n");
};

// postgres.js writes once more to a connection that the server has just ended, and trips over it. The
// calls of that connection have failed by then, and the next ones open another.
process.on("uncaughtException", (error) => {
    const fromClosed = error.stack?.includes("nextWrite") && error instanceof TypeError;
    if (!fromClosed) stop(`${error.name} ${error.code ?? ""}`.trim());
});

// Phone sign-in. lite signs in by e-mail only, so a phone is a mailbox at a domain that cannot
// exist; sql/local/40_phone.sql reads it back into auth.users.phone. The subject is the code alone.

const PHONE_PATHS = ["/auth/v1/otp", "/auth/v1/verify"];
const MAILBOX = "@phone.invalid";
const toMailbox = (phone) => String(phone).replace(/^\+/, "") + MAILBOX;
const isPhone = (phone) => /^\+?[0-9]{6,15}$/.test(phone);

// The request that is under way: its headers, and what the hook said, since lite hides why a message
// was not sent.
const requests = new AsyncLocalStorage();

class Refusal extends Error {
    constructor(status, code, message) {
        super(message);
        this.name = "Refusal";
        this.status = status;
        this.code = code;
    }
}

async function sendCode({ to, subject: otp }) {
    try {
        await callHook({
            metadata: { uuid: randomUUID(), time: new Date().toISOString(), name: "send-sms" },
            user: await userOf(to),
            sms: { otp, phone: to.slice(0, -MAILBOX.length) },
        });
    } catch (error) {
        requests.getStore().refusal = error;
        throw error;
    }
}

async function userOf(mailbox) {
    const [user] = await connection.driver`
        select id, aud, role, email, phone, created_at, updated_at
        from auth.users
        where email = ${mailbox}`;
    return user;
}

// Signed as Standard Webhooks says: HMAC-SHA256 of `id.timestamp.body`, key behind `v1,whsec_`.
async function callHook(event) {
    const body = JSON.stringify(event, asHosted);
    const id = randomUUID();
    const timestamp = Math.floor(Date.now() / 1000);
    const key = Buffer.from(env("SEND_SMS_HOOK_SECRET").replace(/^v1,whsec_/, ""), "base64");
    const signed = `${id}.${timestamp}.${body}`;
    const signature = createHmac("sha256", key).update(signed).digest("base64");
    const answer = await fetch(env("SEND_SMS_HOOK_URL"), {
        method: "POST",
        body,
        headers: {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": String(timestamp),
            "webhook-signature": `v1,${signature}`,
        },
        signal: AbortSignal.timeout(5000),
    }).catch(() => {
        const sentence = "Failed to reach hook within maximum time of 5 seconds";
        throw new Refusal(500, "hook_timeout", sentence);
    });
    if (![200, 202, 204].includes(answer.status)) {
        const sentence = `Unexpected status code returned from hook: ${answer.status}`;
        throw new Refusal(500, "unexpected_failure", sentence);
    }
    const { error } = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (error?.message) {
        throw new Refusal(error.http_code ?? 500, "unexpected_failure", error.message);
    }
}

// Requests: a phone becomes its mailbox.

async function withMailbox(request, path) {
    if (request.method !== "POST" || !PHONE_PATHS.includes(path)) return request;
    const body = await request
        .clone()
        .json()
        .catch(() => null);
    if (typeof body?.phone !== "string" || !body.phone) return request;
    if (!isPhone(body.phone)) {
        throw new Refusal(400, "validation_failed", "Invalid phone number format (E.164 required)");
    }
    const { phone, channel, ...rest } = body;
    const type = body.type === "sms" ? { type: "magiclink" } : {};
    return new Request(request, {
        body: JSON.stringify({ ...rest, ...type, email: toMailbox(phone) }),
    });
}

// A token of another key: lite would go on as `anon`, hosted refuses. (lite itself checks `exp`.)

function isForged(request) {
    const token = request.headers.get("authorization")?.match(/^Bearer (.+)$/i)?.[1];
    if (!token || token === request.headers.get("apikey")) return false;
    const [head, body, signature] = token.split(".");
    const expected = createHmac("sha256", env("JWT_SECRET")).update(`${head}.${body}`).digest();
    const given = Buffer.from(signature ?? "", "base64url");
    return given.length !== expected.length || !timingSafeEqual(given, expected);
}

// Answers: hosted writes ISO 8601, which supabase-py insists on, and there is no mailbox to show.

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::?\d\d)?)$/;

function asHosted(key, value) {
    if (typeof value !== "string") return value;
    if (value.endsWith(MAILBOX)) return "";
    if (!TIMESTAMP.test(value)) return value;
    return new Date(value.replace(/([+-]\d\d)$/, "$1:00")).toISOString();
}

async function authAnswer(answer) {
    if (!answer.headers.get("content-type")?.includes("json")) return answer;
    const headers = new Headers(answer.headers);
    headers.delete("content-length");
    const body = JSON.stringify(await answer.json(), asHosted);
    return new Response(body, { status: answer.status, headers });
}

const CORS = { "access-control-allow-origin": "*" };
const refused = ({ status, code, message }) =>
    Response.json({ code: status, error_code: code, msg: message }, { status, headers: CORS });

const FORGED = {
    code: "PGRST301",
    details: "None of the keys was able to decode the JWT",
    hint: null,
    message: "No suitable key or wrong key type",
};

// Nested deeper than anybody means: lite runs out of stack where hosted answers 413.

const TOO_DEEP = { code: "54001", details: null, hint: null, message: "stack depth limit exceeded" };

async function restAnswer(answer) {
    if (answer.status !== 500) return answer;
    const body = await answer.clone().json().catch(() => null);
    const isTooDeep = String(body?.message).startsWith("RangeError: Maximum call stack");
    return isTooDeep ? Response.json(TOO_DEEP, { status: 413, headers: CORS }) : answer;
}

// The server.

const port = Number(env("API_PORT"));
const url = `http://127.0.0.1:${port}`;
// lite hands json arguments over as text; serialising that again would make a json string of it.
const json = (oid) => ({
    to: oid,
    from: [oid],
    serialize: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
    parse: JSON.parse,
});
// Moments as hosted writes them: `2026-01-31T08:00:00+00:00`.
const timestamptz = {
    to: 1184,
    from: [1184],
    // What is no moment is for the database to refuse, in words of its own.
    serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
    parse: (text) => text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"),
};
const connection = createPostgresConnection({
    url: env("DATABASE_URL"),
    postgresOptions: {
        max: 10,
        onnotice: () => {},
        types: { json: json(114), jsonb: json(3802), timestamptz },
    },
});
// lite tells functions the headers of a request, but not the policies of a table that is read.
const signIn = connection.applyJwtSessionContext.bind(connection);
connection.applyJwtSessionContext = async (transaction, ...rest) => {
    await signIn(transaction, ...rest);
    const headers = JSON.stringify(requests.getStore()?.headers ?? {});
    await transaction
        .selectNoFrom(({ fn, val }) =>
            fn("set_config", [val("request.headers"), val(headers), val(true)]).as("set"),
        )
        .execute();
};
const app = new App({
    connection,
    api: { schemas: ["public"], extra_search_path: ["public", "extensions"], max_rows: 1000 },
    auth: {
        enabled: true,
        site_url: url,
        jwt_secret: env("JWT_SECRET"),
        jwt_expiry: 3600,
        publishable_key: env("PUBLISHABLE_KEY"),
        email: {
            otp_length: 6,
            otp_expiry: 600,
            template: { magic_link: { subject: "{{ .Token }}" } },
        },
    },
    db: { migrations: { enabled: false } }, // the Supabase CLI keeps that table
    storage: { enabled: false },
    options: { server: { admin: false }, drivers: { email: { send: sendCode } } },
});

async function answer(request, { incoming }) {
    const path = new URL(request.url).pathname;
    if (path === "/healthz") return Response.json({ status: "ok" });
    if (isForged(request)) return Response.json(FORGED, { status: 401, headers: CORS });
    const context = { peerAddress: incoming.socket.remoteAddress ?? null };
    return requests.run({ headers: Object.fromEntries(request.headers) }, async () => {
        if (!path.startsWith("/auth/v1/")) return restAnswer(await app.fetch(request, context));
        try {
            const inner = await app.fetch(await withMailbox(request, path), context);
            const { refusal } = requests.getStore();
            return refusal ? refused(refusal) : authAnswer(inner);
        } catch (error) {
            if (error instanceof Refusal) return refused(error);
            throw error;
        }
    });
}

await app.init();
await app.ensureSystemSchema();
const server = serve({ fetch: answer, hostname: "127.0.0.1", port });
server.on("error", (error) => stop(error.message));
for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
        server.close();
        connection.close().finally(() => process.exit(0));
    });
}
