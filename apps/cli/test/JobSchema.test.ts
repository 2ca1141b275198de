import { readFileSync } from "node:fs"
import { join } from "node:path"

import * as Effect from "effect/Effect"
import { expect, it } from "vitest"

import { jobSchema, jobSchemaText } from "../src/JobSchema.ts"
import { loadKinds } from "../src/Registry.ts"
import { toyKinds } from "./support/ToyKinds.ts"

it("the published schema is the one the code reads by (`mailferry schema > job.schema.json` renews it)", async () => {
  const published = readFileSync(join(import.meta.dirname, "../job.schema.json"), "utf8")
  const kinds = await Effect.runPromise(loadKinds)
  expect(JSON.parse(published)).toEqual(JSON.parse(jobSchemaText(kinds)))
})

it("an editor is told of every kind, that secrets are references, and that other keys are mistakes", () => {
  expect(jobSchema(toyKinds)).toMatchObject({
    required: ["source", "destination"],
    additionalProperties: false,
    properties: {
      source: {
        oneOf: [
          {
            properties: {
              kind: { const: "barrel" },
              mode: { enum: ["quick", "thorough"] },
              password: { pattern: "^(env|file|cmd):.+" }
            },
            required: ["kind", "user", "password"],
            additionalProperties: false
          },
          { properties: { kind: { const: "pond" } } }
        ]
      },
      rules: { additionalProperties: false, properties: { labels: { enum: ["copy", "keywords", "ignore"] } } }
    }
  })
})
