// Before the first paint, and so no module: a theme that was chosen shows without a flash of the
// other one. The page itself keeps the choice (frame/theme.ts).
try {
  const theme = localStorage.getItem('satchel.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Where the browser keeps nothing for pages, the system's theme shows.
}
