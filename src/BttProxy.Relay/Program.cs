using BttProxy.Relay;

return await RelayApplication.RunAsync(args, CancellationToken.None);
