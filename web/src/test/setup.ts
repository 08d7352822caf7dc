import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeAll } from 'vitest'
import { loadTexts, setLanguage, startI18n } from '@/lib/i18n'

// What is waited for may take a busy machine longer than the usual second.
configure({ asyncUtilTimeout: 30_000 })

beforeAll(async () => {
  await startI18n()
  await setLanguage('zh-CN', false)
  await loadTexts()
})

afterEach(cleanup)
