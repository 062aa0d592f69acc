// Module hooks: a file that is imported by a script `a.mjs?instance=7` is itself `?instance=7`, so that modules are loaded
// anew for every number, lazily imported ones too.

/** See "Customization hooks" in Node's documentation of node:module. */
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  const instance = context.parentURL?.match(/\?instance=\d+$/)?.[0];
  if (!instance || !resolved.url.startsWith('file:') || resolved.url.endsWith(instance)) return resolved;
  return { ...resolved, url: resolved.url + instance };
}
