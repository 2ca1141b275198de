import type { ServerResponse } from "node:http"

export interface RedirectPage {
  readonly status: number
  readonly title: string
  readonly text: string
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/gu, (character) => `&#${character.codePointAt(0)};`)

const html = ({ text, title }: RedirectPage): string =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
</html>
`

/** Nothing may be loaded, run, framed or sent on from a page whose address holds a code. */
const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  connection: "close"
}

/** Answers one request and is done with its connection. */
export const sendPage = (response: ServerResponse, page: RedirectPage): void => {
  response.writeHead(page.status, headers)
  response.end(html(page))
}
