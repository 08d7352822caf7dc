import { defineConfig } from '@playwright/test'

// Debian's browser; nothing is downloaded. A machine without it fails, it never skips.
const executablePath = process.env.ORDERCOVE_CHROMIUM || '/usr/bin/chromium'

export default defineConfig({
  testDir: '.',
  outputDir: 'results/traces',
  // Two files at a time, each with a server of its own: pages wait more than they work.
  // A page gets half of a small machine, so what is waited for has a generous end.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['html', { outputFolder: 'results/report', open: 'never' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    acceptDownloads: true,
    actionTimeout: 30_000,
    trace: 'retain-on-failure',
    video: 'off',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
    },
  },
})
