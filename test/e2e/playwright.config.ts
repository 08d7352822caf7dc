import { defineConfig } from '@playwright/test'

// Debian's browser; nothing is downloaded. A machine without it fails, it never skips.
const executablePath = process.env.ORDERCOVE_CHROMIUM || '/usr/bin/chromium'

export default defineConfig({
  testDir: '.',
  outputDir: 'results/traces',
  // One browser at a time: the product's own server works beside it on the same machine.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['html', { outputFolder: 'results/report', open: 'never' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    acceptDownloads: true,
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
    video: 'off',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
    },
  },
})
