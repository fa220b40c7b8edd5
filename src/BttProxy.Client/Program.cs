using BttProxy.Client;

return await ClientApplication.RunAsync(args);
