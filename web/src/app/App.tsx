import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { onSignedOut } from '@/lib/api/client'
import { returnFocus } from '@/lib/focus'
import { meQuery } from '@/lib/session'
import { theme } from '@/ui/theme'
import { ToastProvider } from '@/ui/Toast'
import { WithOrderExtras } from './orderExtras'
import type { newRouter } from './router'

interface AppProps {
  queries: QueryClient
  router: ReturnType<typeof newRouter>
}

/** Everything that surrounds the pages: data, texts, looks, confirmations. */
export function App({ queries, router }: AppProps) {
  const { i18n } = useTranslation()
  const chinese = i18n.language === 'zh-CN'
  useEffect(() => {
    dayjs.locale(chinese ? 'zh-cn' : 'en')
  }, [chinese])
  useEffect(returnFocus, [])
  useEffect(() => {
    let leaving = false
    return onSignedOut(() => {
      const { pathname, href } = router.state.location
      if (leaving || pathname === '/login' || pathname === '/setup') return
      // Only a session that was there can end; the first check of a visit goes through the route.
      if (!queries.getQueryData(meQuery.queryKey)) return
      leaving = true
      // The page leaves first: while it stands, it would ask again for what is forgotten.
      void router.navigate({ to: '/login', search: { next: href } }).finally(() => {
        queries.clear()
        leaving = false
      })
    })
  }, [queries, router])
  return (
    <QueryClientProvider client={queries}>
      <ConfigProvider locale={chinese ? zhCN : enUS} theme={theme} componentSize="small" button={{ autoInsertSpace: false }}>
        <ToastProvider>
          <WithOrderExtras>
            <RouterProvider router={router} />
          </WithOrderExtras>
        </ToastProvider>
      </ConfigProvider>
    </QueryClientProvider>
  )
}
