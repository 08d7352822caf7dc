import { getRouteApi } from '@tanstack/react-router'
import { OrderPage } from '@/features/orders/OrderPage'

const route = getRouteApi('/_shell/orders/$id')

export default function OrderDetailPage() {
  return <OrderPage id={route.useParams().id} />
}
