using BttProxy.Devnet.Commands;

return await DevnetCommand.RunAsync(args);
