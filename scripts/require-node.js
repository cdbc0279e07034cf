// Plain JavaScript on purpose: it must run on the very Node that is too old for the rest.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(
    `Satchel needs Node 24.15 or newer; this is ${process.version}.\n` +
      'The right Node comes with the development dependencies: run "npm install" without\n' +
      '--ignore-scripts, then use the npm scripts or "npx satchel".',
  );
  process.exit(1);
}
