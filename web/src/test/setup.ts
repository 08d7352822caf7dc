import { cleanup } from '@testing-library/react'
import { afterEach, beforeAll } from 'vitest'
import { setLanguage, startI18n } from '@/lib/i18n'

beforeAll(async () => {
  await startI18n()
  await setLanguage('zh-CN', false)
})

afterEach(cleanup)
