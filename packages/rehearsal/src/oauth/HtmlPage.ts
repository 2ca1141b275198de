/** Text in HTML, in attributes too. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/gu, (character) => `&#${character.codePointAt(0) ?? 0};`)

/** A page that works without scripts. */
export const htmlPage = (title: string, body: string): string => `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem }
  fieldset { border: 1px solid #dadce0; border-radius: 8px; margin: 1rem 0 }
  label { display: block; padding: .3rem 0 }
  button { font: inherit; padding: .5rem 1.5rem; margin-right: 1rem }
</style>
${body}
</html>
`
