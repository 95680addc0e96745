module tradestack.dev/sandbox/node

go 1.25.0
