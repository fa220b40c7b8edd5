using System.Text;

namespace BttProxy.Relay.Cli;

/// <summary>Rows in columns as wide as their widest cell. Numbers stand right, words left.</summary>
internal sealed class TextTable(params (string Title, bool Right)[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    /// <exception cref="ArgumentException">Not one cell for each column.</exception>
    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length)
        {
            throw new ArgumentException($"{columns.Length} cells, not {cells.Length}.", nameof(cells));
        }

        _rows.Add(cells);
    }

    public override string ToString()
    {
        var titles = columns.Select(static column => column.Title).ToArray();
        var lines = titles.All(string.IsNullOrEmpty) ? _rows : [titles, .. _rows];
        var widths = columns.Select((_, i) => lines.Max(cells => cells[i].Length)).ToArray();
        return string.Join(Environment.NewLine, lines.Select(Line));

        string Line(string[] cells)
        {
            var text = new StringBuilder();
            for (var i = 0; i < cells.Length; i++)
            {
                text.Append(i == 0 ? "" : Gap).Append(columns[i].Right ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]));
            }

            return text.ToString().TrimEnd();
        }
    }
}
