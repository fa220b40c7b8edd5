using System.Data.Common;

namespace BttProxy.Ledger.Storage;

/// <summary>A prepared statement whose parameters are named @0, @1 ... in the order of the values.</summary>
internal sealed class Statement : IDisposable
{
    private readonly DbCommand _command;

    public Statement(DbConnection connection, string sql)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // every caller passes a constant
        _command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; sql.Contains($"@{i}", StringComparison.Ordinal); i++)
        {
            var parameter = _command.CreateParameter();
            parameter.ParameterName = $"@{i}";
            _command.Parameters.Add(parameter);
        }
    }

    public int Execute(params ReadOnlySpan<object?> values) => Bind(values).ExecuteNonQuery();

    public object? Scalar(params ReadOnlySpan<object?> values) => Bind(values).ExecuteScalar();

    public T? First<T>(Func<DbDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Bind(values).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    public List<T> All<T>(Func<DbDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        ForEach(row => rows.Add(read(row)), values);
        return rows;
    }

    public void ForEach(Action<DbDataReader> visit, params ReadOnlySpan<object?> values)
    {
        using var reader = Bind(values).ExecuteReader();
        while (reader.Read())
        {
            visit(reader);
        }
    }

    public void Dispose() => _command.Dispose();

    private DbCommand Bind(ReadOnlySpan<object?> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, _command.Parameters.Count);
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return _command;
    }
}
